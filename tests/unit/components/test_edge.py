"""Public names open last and only behind a login; environments without them never load the Cloudflare SDK."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from typing import Any

import pulumi
import pytest

from planning.plan import Plan
from toolchain.places import ROOT

from .conftest import API_TOKEN, EDGE, LOCAL
from .engine import TUNNEL_TOKEN, Registrations, plain_texts, run, settled

with warnings.catch_warnings():
    # At import the SDK warns of every resource of its own that is going away; nobody here uses those.
    warnings.simplefilter("ignore", DeprecationWarning)
    from components.edge import Edge

HOSTNAMES = ("chat.example.com", "www.example.com")


def opened(plan: Plan) -> Registrations:
    def program() -> None:
        Edge(plan, pulumi.Output.secret(API_TOKEN)).open_names(
            [pulumi.CustomResource("test:index:Connector", "connector")]
        )

    return run(program)


@pytest.fixture(scope="module")
def made(whole: Plan) -> Registrations:
    return opened(whole)


def test_a_name_is_made_after_its_login_and_its_connector(made: Registrations) -> None:
    records = made.of_kind(":DnsRecord")
    assert {record.inputs["name"] for record in records} == set(HOSTNAMES)
    for record in records:
        assert record.depends_on >= {record.name.replace("-record", "-login"), "connector", "tunnel"}


def test_names_are_proxied_into_the_tunnel(made: Registrations) -> None:
    for record in made.of_kind(":DnsRecord"):
        assert (record.inputs["type"], record.inputs["content"]) == ("CNAME", "tunnel-id.cfargotunnel.com")
        assert record.inputs["proxied"] is True
        assert record.inputs["ttl"] == 1


def test_only_the_named_people_are_admitted(made: Registrations) -> None:
    for policy in made.of_kind(":ZeroTrustAccessPolicy"):
        assert policy.inputs["decision"] == "allow"
        assert policy.inputs["includes"] == [
            {"email": {"email": "owner@example.com"}},
            {"emailDomain": {"domain": "example.com"}},
        ]
    for login in made.of_kind(":ZeroTrustAccessApplication"):
        assert login.inputs["domain"] in HOSTNAMES
        assert [one["id"] for one in login.inputs["policies"]] == [login.name.replace("-login", "-policy") + "-id"]


def test_routing_follows_the_settings_and_ends_with_a_refusal(made: Registrations) -> None:
    (routing,) = made.of_kind(":ZeroTrustTunnelCloudflaredConfig")
    assert routing.inputs["config"]["ingresses"] == [
        {"hostname": "chat.example.com", "service": "http://10.0.0.11:3000"},
        {"hostname": "www.example.com", "service": "http://10.0.0.11:80"},
        {"service": "http_status:404"},
    ]


def test_every_child_talks_to_cloudflare_with_the_environment_s_own_token(made: Registrations) -> None:
    provider = made.one("pulumi:providers:cloudflare", "cloudflare")
    assert provider.is_secret("apiToken")
    for one in made.made:
        assert not any(API_TOKEN in text or TUNNEL_TOKEN in text for text in plain_texts(one.given))
        if one.kind.startswith("cloudflare:"):
            assert "::cloudflare::" in one.request.provider


def test_the_connector_s_token_is_a_secret(whole: Plan) -> None:
    assert settled(lambda: Edge(whole, pulumi.Output.secret(API_TOKEN)).token) == (TUNNEL_TOKEN, True)


WITHOUT_ROUTES = """
import json, runpy, sys
import pulumi.runtime
from tests.unit.components.engine import Monitor, Provider
from pulumi.runtime import set_mocks
from pulumi.runtime.config import set_all_config

monitor = Monitor()
set_mocks(Provider(), project="ai-platform", stack="dark", preview=False, monitor=monitor)
set_all_config({f"ai-platform:{key}": json.dumps(value) for key, value in json.loads(sys.argv[1]).items()})
pulumi.runtime.test(lambda: runpy.run_path("__main__.py", run_name="__main__") and None)()
print(json.dumps([sorted({one.kind for one in monitor.registrations.made}), "pulumi_cloudflare" in sys.modules]))
"""


@pytest.mark.parametrize("edge", [None, EDGE], ids=["no edge", "an edge without routes"])
def test_an_environment_without_public_names_never_loads_the_cloudflare_sdk(edge: dict[str, Any] | None) -> None:
    sections: dict[str, Any] = {"hosts": {"local": LOCAL}, "services": {"redis": {"host": "local"}}}
    if edge:
        sections |= {"edge": edge, "secrets": {"cloudflare-api-token": API_TOKEN}}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ROUTES, json.dumps(sections)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    kinds, loaded = json.loads(done.stdout)
    assert "docker:index/container:Container" in kinds
    assert not loaded
