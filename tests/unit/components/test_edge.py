"""Public names open last and only behind a login; environments without them never load the Cloudflare SDK."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from planning.plan import Plan
from settings.route import Edge as EdgeSettings
from settings.route import Route
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


MODES: dict[str, Any] = {
    "routes": [
        {"hostname": "chat.example.com", "service": "open-webui", "access": "private", "emails": ["one@example.com"]},
        {"hostname": "api.example.com", "service": "mlflow", "access": "shared", "keys": ["ci", "robot"]},
        {"hostname": "www.example.com", "service": "web", "access": "public", "paths": ["/", "/assets/*"],
         "requests": 50, "period_seconds": 10},
    ],
    "edge": {**EDGE, "team": "office", "keys": {
        "ci": {}, "robot": {"version": 2, "previous_until": "2026-12-01T00:00:00Z", "lifetime_days": 30},
    }},
}  # fmt: skip


@pytest.fixture(scope="module")
def modes(whole: Plan) -> Registrations:
    environment = whole.environment.model_copy(
        update={
            "routes": tuple(Route(**{**route, "paths": tuple(route.get("paths", ("/*",))),
                                     **{key: tuple(route.get(key, ())) for key in ("emails", "keys")}})
                            for route in MODES["routes"]),
            "edge": EdgeSettings.model_validate_json(json.dumps(MODES["edge"])),
        }
    )  # fmt: skip
    return opened(replace(whole, environment=environment))


def test_a_shared_name_admits_people_and_its_keys_and_answers_programs_with_401(modes: Registrations) -> None:
    policies = {one.name: one.inputs for one in modes.of_kind(":ZeroTrustAccessPolicy")}
    keys = policies["names-api.example.com-keys"]
    assert keys["decision"] == "non_identity"
    assert [one["serviceToken"]["tokenId"] for one in keys["includes"]] == ["keys-ci-id", "keys-robot-id"]
    login = modes.one(":ZeroTrustAccessApplication", "names-api.example.com-login").inputs
    assert [one["precedence"] for one in login["policies"]] == [1, 2]
    assert login["serviceAuth401Redirect"] is True
    assert policies["names-chat.example.com-policy"]["includes"] == [{"email": {"email": "one@example.com"}}]


def test_a_key_is_rotated_with_a_time_for_the_old_one(modes: Registrations) -> None:
    plain, rotated = (modes.one(":ZeroTrustAccessServiceToken", f"keys-{key}").inputs for key in ("ci", "robot"))
    assert plain["name"].startswith("ci (ai-platform-") and plain["name"].endswith(")")
    assert "clientSecretVersion" not in plain
    assert (rotated["clientSecretVersion"], rotated["previousClientSecretExpiresAt"], rotated["duration"]) == (
        2, "2026-12-01T00:00:00Z", "720h",
    )  # fmt: skip


def test_a_public_name_has_no_login_but_a_limit_before_it_resolves(modes: Registrations) -> None:
    assert {one.inputs["domain"] for one in modes.of_kind(":ZeroTrustAccessApplication")} == {
        "chat.example.com", "api.example.com",
    }  # fmt: skip
    (limit,) = modes.one(":Ruleset", "limits-rate").inputs["rules"]
    assert limit["expression"] == '(http.host eq "www.example.com")'
    assert limit["ratelimit"] == {
        "characteristics": ["cf.colo.id", "ip.src"], "period": 10, "requestsPerPeriod": 50, "mitigationTimeout": 10,
    }  # fmt: skip
    for record in modes.of_kind(":DnsRecord"):
        assert record.depends_on >= {"limits-rate", "limits-allowed", "tunnel-routing"}


def test_limits_are_lifted_after_logins_and_routing_have_changed(modes: Registrations) -> None:
    for ruleset in modes.of_kind(":Ruleset"):
        assert ruleset.depends_on >= {"tunnel-routing", "names-chat.example.com-login", "names-api.example.com-login"}
    (routing,) = modes.of_kind(":ZeroTrustTunnelCloudflaredConfig")
    assert routing.depends_on >= {"names-chat.example.com-login", "names-api.example.com-login"}


def test_connectors_refuse_what_did_not_pass_the_login(modes: Registrations) -> None:
    (routing,) = modes.of_kind(":ZeroTrustTunnelCloudflaredConfig")
    chat, _, public, _ = routing.inputs["config"]["ingresses"]
    access = chat["originRequest"]["access"]
    assert (access["required"], access["teamName"], len(access["audTags"])) == (True, "office", 1)
    assert "originRequest" not in public


def test_whoever_holds_the_token_goes_before_the_tunnel_is_disconnected(whole: Plan, made: Registrations) -> None:
    end = made.command("tunnel-disconnect")
    assert end.inputs["delete"] == "scripts/tunnel-disconnect"
    assert end.is_secret("stdin")
    assert "create" not in end.inputs


def test_routing_follows_the_settings_and_ends_with_a_refusal(made: Registrations) -> None:
    (routing,) = made.of_kind(":ZeroTrustTunnelCloudflaredConfig")
    rules = routing.inputs["config"]["ingresses"]
    assert [(one.get("hostname"), one["service"]) for one in rules] == [
        ("chat.example.com", "http://proxy:8080"), ("www.example.com", "http://proxy:8080"), (None, "http_status:404"),
    ]  # fmt: skip


def test_a_name_leads_to_the_proxy_once_that_can_take_requests(whole: Plan) -> None:
    def program() -> None:
        front = pulumi.CustomResource("test:index:Proxy", "proxy")
        Edge(whole, pulumi.Output.secret(API_TOKEN)).open_names([], [front])

    made = run(program)
    (routing,) = made.of_kind(":ZeroTrustTunnelCloudflaredConfig")
    assert "proxy" in routing.depends_on


def test_the_check_is_told_the_audience_of_each_name_with_a_login(whole: Plan) -> None:
    text, _ = settled(lambda: Edge(whole, pulumi.Output.secret(API_TOKEN)).audiences)
    assert json.loads(text) == {name: f"aud-of-names-{name}-login" for name in HOSTNAMES}


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


def test_cloudflare_knows_nothing_of_internal_names(made: Registrations, whole: Plan) -> None:
    internal = [route.hostname for route in whole.environment.internal]
    assert internal
    everything = json.dumps([one.inputs for one in made.made])
    assert not any(hostname in everything for hostname in internal)


def test_a_name_whose_people_log_in_here_has_no_login_there_and_leads_to_the_proxy(whole: Plan) -> None:
    asking = Route(hostname="wiki.example.com", service="mlflow", access="private", login="authelia")
    made = opened(replace(whole, environment=whole.environment.model_copy(update={"routes": (asking,)})))
    assert not made.of_kind(":ZeroTrustAccessApplication")
    (record,) = made.of_kind(":DnsRecord")
    assert record.inputs["name"] == "wiki.example.com"
    (routing,) = made.of_kind(":ZeroTrustTunnelCloudflaredConfig")
    rule, last = routing.inputs["config"]["ingresses"]
    assert rule["service"] == "http://proxy:8080"
    assert last["service"] == "http_status:404"
