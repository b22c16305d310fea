"""Public names on the real engine against a simulated Cloudflare: nothing open by mistake, whatever ends a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from operations.edge.before_up import clear_edge
from operations.failure import Failure
from planning.build import build
from planning.plan import Plan
from settings.load import load
from simulators.cloudflare import access, records, tunnels
from simulators.cloudflare.account import ACCOUNT, ZONE
from simulators.cloudflare.faults import Fault
from simulators.cloudflare.scopes import ALL
from simulators.cloudflare.server import serving
from simulators.cloudflare.service import TOKEN, Service
from tests.engine.conftest import STACK, Engine
from toolchain.places import ROOT

PROGRAM = f"""
    import json, sys
    sys.path.insert(0, {str(ROOT)!r})
    import pulumi
    from components.edge import Edge
    from planning.build import build
    from settings.load import load

    plan = build(load("test", json.loads({{sections!r}}), "Pulumi.test.yaml"), {{{{}}}})
    edge = Edge(plan, pulumi.Output.secret({TOKEN!r}))
    edge.open_names([])
    pulumi.export("credentials", pulumi.Output.secret(edge.credentials))
"""
SERVICES = {"ollama": {"host": "local"}, "open-webui": {"host": "local"}, "mlflow": {"host": "local"},
            "postgres": {"host": "local"}, "s3": {"host": "local"}, "embed": {"host": "local"},
            "rerank": {"host": "local"}, "tunnel": {"host": "local"}}  # fmt: skip
CHAT = {"hostname": "chat.dev.test", "service": "open-webui", "access": "public"}
API = {"hostname": "api.dev.test", "service": "mlflow", "access": "shared", "keys": ["ci"]}
MUTATING = ("POST", "PUT", "PATCH", "DELETE")


def sections(*routes: dict[str, Any], **edge: Any) -> dict[str, Any]:
    account = {"account_id": ACCOUNT, "zone_id": ZONE, "emails": ["owner@dev.test"], "keys": {"ci": {}}}
    return {
        "hosts": {"local": {"kind": "local", "address": "127.0.0.1", "cpus": 4, "memory_gb": 32, "disk_gb": 200}},
        "services": SERVICES,
        "routes": list(routes),
        "edge": {**account, **edge},
        "secrets": {"cloudflare-api-token": TOKEN},
    }


class Rig:
    """An environment's edge alone, and what `make up` does before its update."""

    def __init__(self, engine: Engine, service: Service) -> None:
        self.engine, self.service = engine, service
        self.sections = sections(API, CHAT)

    def declare(self, *routes: dict[str, Any], **edge: Any) -> None:
        self.sections = sections(*routes, **edge)
        self.engine.program(PROGRAM.format(sections=json.dumps(self.sections)))

    @property
    def plan(self) -> Plan:
        return build(load(STACK, self.sections, "Pulumi.test.yaml"), {})

    def resources(self) -> list[dict[str, Any]]:
        return list(self.engine.resources().values())

    def setting(self, key: str, default: str | None = None) -> str:
        return TOKEN if default is None else self.engine.environment["CLOUDFLARE_BASE_URL"]

    def clear(self) -> None:
        clear_edge(self, self.plan)  # type: ignore[arg-type]

    def never_open(self) -> None:
        """After no call anybody reached a service without a login or a limit."""
        for entry in self.service.entries:
            assert "none" not in entry.exposed.values(), entry


@pytest.fixture
def rig(engine: Engine) -> Iterator[Rig]:
    service = Service()
    with serving(service) as url:
        engine.environment |= {"CLOUDFLARE_BASE_URL": url, "CLOUDFLARE_API_TOKEN": TOKEN}
        scripts = engine.folder / "scripts"
        scripts.mkdir()
        wrapper = scripts / "tunnel-disconnect"
        wrapper.write_text(f"#!/bin/sh\nexec {ROOT}/scripts/tunnel-disconnect\n")
        wrapper.chmod(0o755)
        yield Rig(engine, service)


def test_cut_off_at_any_of_its_calls_an_update_goes_on_and_nothing_was_ever_open(rig: Rig) -> None:
    rig.declare(API, CHAT)
    account = rig.service.account
    for kinds in (
        ("cfd_tunnel", "tokens", "policies"),
        ("apps",),
        ("configurations",),
        ("rulesets",),
        ("dns_records",),
    ):
        # What was asked for is done, and nobody hears of it: so the state does not know it.
        rig.service.faults = [
            Fault(kind="error_after", method=method, path=kind) for kind in kinds for method in ("POST", "PUT")
        ]
        assert "error" in rig.engine.up(check=False)
        rig.service.faults = []
        rig.clear()
    rig.engine.up()
    rig.never_open()
    assert {kind: len(account.all(kind)) for kind in account.kinds} == {
        tunnels.KIND: 1, records.KIND: 2, access.APPLICATIONS: 1, access.POLICIES: 2, access.TOKENS: 1, "rulesets": 2,
    }  # fmt: skip
    rig.engine.preview("--expect-no-changes")
    credentials = rig.engine.outputs()["credentials"]
    assert credentials["key.ci.secret"] == account.secrets[account.all(access.TOKENS)[0]["id"]]
    assert credentials["key.ci.secret"] not in str(rig.engine.resources())


def test_access_that_changes_or_ends_is_closed_before_it_is_opened_otherwise(rig: Rig) -> None:
    rig.declare(API, CHAT)
    rig.engine.up()
    rig.declare({**API, "access": "public", "keys": []}, {**CHAT, "access": "private"})
    rig.engine.up()
    assert {entry["name"]: entry["content"] for entry in rig.service.account.all(records.KIND)}
    rig.declare({**CHAT, "access": "private"})
    rig.engine.up()
    rig.engine.preview("--expect-no-changes")
    tunnel = rig.service.account.all(tunnels.KIND)[0]["id"]
    rig.service.account.connectors[tunnel] = {"one": {"id": "one"}}
    rig.engine.destroy()
    rig.never_open()
    assert not any(rig.service.account.kinds.values())


def test_a_change_of_one_route_touches_nothing_of_the_others(rig: Rig) -> None:
    rig.declare({**API, "access": "private", "keys": []}, {**CHAT, "access": "private"})
    rig.engine.up()
    before = len(rig.service.entries)
    rig.declare({**API, "access": "private", "keys": []}, {**CHAT, "hostname": "talk.dev.test", "access": "private"})
    rig.engine.up()
    changed = [entry for entry in rig.service.entries[before:] if entry.method in MUTATING]
    assert sorted((entry.method, entry.path.split("/")[3]) for entry in changed) == [
        ("DELETE", "access"), ("DELETE", "access"), ("DELETE", "dns_records"), ("POST", "access"), ("POST", "access"),
        ("POST", "dns_records"), ("PUT", "cfd_tunnel"),
    ]  # fmt: skip
    rig.never_open()


def test_a_missing_scope_a_name_of_others_and_a_second_state_are_told_before_anything_changes(rig: Rig) -> None:
    rig.declare(API, CHAT)
    account, service = rig.service.account, rig.service
    service.tokens = {TOKEN: ALL - {"DNS: Edit"}}
    with pytest.raises(Failure, match=r"(?s)403.*Zone > DNS > Edit"):
        rig.clear()
    service.tokens = {TOKEN: ALL}
    account.add(records.KIND, {"name": "chat.dev.test", "type": "A", "content": "192.0.2.1", "proxied": True, "ttl": 1})
    with pytest.raises(Failure, match=r"dns_records chat\.dev\.test"):
        rig.clear()
    account.kinds[records.KIND].clear()
    running = tunnels.create(account, {"name": f"ai-platform-{STACK}"})["id"]
    account.connectors[running] = {"one": {"id": "one"}}
    with pytest.raises(Failure, match="another state of test runs"):
        rig.clear()
    account.connectors.clear()
    rig.clear()
    assert account.all(tunnels.KIND) == []
    assert all(entry.method == "GET" for entry in service.entries[:-1])
