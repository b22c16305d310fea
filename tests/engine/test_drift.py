"""`scripts/drift` and what `up` does about drift: real engine, real containers, a simulated Cloudflare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from operations.drift.resources import resource_drift
from simulators.cloudflare import records
from simulators.cloudflare.account import ZONE
from simulators.cloudflare.server import serving
from simulators.cloudflare.service import TOKEN, Service
from tests.engine.checkout import Checkout, docker
from tests.engine.conftest import STACK, Engine
from tests.engine.drift_repair import repair
from toolchain.image_references import recorded_references

EDGE = """
    import pulumi_cloudflare as cf
    cf.DnsRecord("chat", zone_id="{zone}", name="chat.dev.test", type="CNAME", ttl=1, proxied=True,
        content="a.cfargotunnel.com")
    cf.DnsRecord("docs", zone_id="{zone}", name="docs.dev.test", type="CNAME", ttl=1, proxied=True,
        content="a.cfargotunnel.com")
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    if "redis" not in recorded_references():
        pytest.skip("the images are not there: make images")
    made = Checkout(tmp_path_factory.mktemp("drift") / "checkout")
    made.serve("redis")
    try:
        made.up()
        yield made
    finally:
        made.destroy()


def drift(checkout: Checkout, code: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(checkout.run("drift", "-s", checkout.stack, "--json", code=code))
    return found


def differences(checkout: Checkout, code: int) -> list[tuple[str, str]]:
    return [(one["urn"].rpartition("::")[2], one["what"]) for one in drift(checkout, code)["drift"]]


def container(checkout: Checkout) -> str:
    return f"ai-platform-{checkout.stack}-redis"


def test_no_drift_is_told_and_no_state_is_changed(checkout: Checkout) -> None:
    state = checkout.root / ".state/backend/.pulumi/stacks/ai-platform" / f"{checkout.stack}.json"
    before = hashlib.sha256(state.read_bytes()).digest()
    assert drift(checkout, code=0)["drift"] == []
    assert hashlib.sha256(state.read_bytes()).digest() == before
    assert "redis" not in repair(checkout).partition("Resources:")[0]


def test_a_stopped_container_is_named_and_only_started(checkout: Checkout) -> None:
    before = checkout.containers()
    docker("stop", "-t", "1", container(checkout))
    assert differences(checkout, code=2) == [("redis", "state")]
    said = repair(checkout)
    assert f"local: started {container(checkout)}" in said
    assert "refresh" not in said
    assert checkout.containers() == before
    assert differences(checkout, code=0) == []


def test_an_edited_container_is_put_right_by_a_refresh(checkout: Checkout) -> None:
    docker("update", "--memory", "301m", "--memory-swap", "301m", container(checkout))
    assert differences(checkout, code=2) == [("redis", "memory"), ("redis", "memorySwap")]
    assert "was edited" in repair(checkout)
    assert differences(checkout, code=0) == []


def test_a_removed_container_is_made_again_and_keeps_its_data(checkout: Checkout) -> None:
    volume = f"{container(checkout)}-data"
    made = docker("volume", "inspect", "--format", "{{.CreatedAt}}", volume)
    docker("rm", "-f", container(checkout))
    assert differences(checkout, code=2) == [("redis", "existence")]
    repair(checkout)
    assert differences(checkout, code=0) == []
    assert docker("volume", "inspect", "--format", "{{.CreatedAt}}", volume) == made


def test_what_the_settings_ignore_is_no_drift(checkout: Checkout) -> None:
    docker("update", "--memory", "302m", "--memory-swap", "302m", container(checkout))
    checkout.sections["drift"] = {"ignore": ["*Container::redis#memory*"]}
    checkout.write()
    try:
        assert drift(checkout, code=0)["ignored"] == 2
    finally:
        del checkout.sections["drift"]
        checkout.write()
        docker("update", "--memory", "256m", "--memory-swap", "256m", container(checkout))


def test_an_engine_that_does_not_answer_is_untold_and_the_rest_is_compared(checkout: Checkout) -> None:
    variables = {"DOCKER_HOST": "unix:///nonexistent/docker.sock"}
    said = checkout.run("drift", "-s", checkout.stack, code=1, variables=variables)
    assert "could not be told: local" in said
    assert "failed to connect to any docker daemon" in said


def test_a_lost_volume_stops_the_run_with_the_command_that_makes_it_anew(checkout: Checkout) -> None:
    volume = f"{container(checkout)}-data"
    docker("rm", "-f", container(checkout))
    docker("volume", "rm", volume)
    said = repair(checkout, code=1)
    assert f"volumes are gone, and their data with them: {volume} on local" in said
    command = next(line for line in said.splitlines() if "docker volume create" in line).partition("#")[0].split()
    docker(*command[1:])
    repair(checkout)
    assert differences(checkout, code=0) == []


def test_an_environment_that_was_never_brought_up_names_the_next_command(tmp_path: Path) -> None:
    made = Checkout(tmp_path / "checkout")
    made.serve("redis")
    assert f"make up STACK={made.stack}" in made.run("drift", "-s", made.stack, code=1)
    assert "error: " in made.run("drift", "-s", "nowhere", code=1)


def test_a_name_that_was_changed_or_removed_by_hand_is_found(engine: Engine) -> None:
    service = Service()
    with serving(service) as url:
        engine.environment |= {"CLOUDFLARE_BASE_URL": url, "CLOUDFLARE_API_TOKEN": TOKEN}
        engine.program(EDGE.format(zone=ZONE))
        engine.up()
        named = {record["name"]: record for record in service.account.all(records.KIND)}
        named["chat.dev.test"]["content"] = "elsewhere.example.org"
        service.account.remove(records.KIND, named["docs.dev.test"]["id"])
        printed = engine.pulumi("refresh", "-s", STACK, "--preview-only", "--json").stdout
    found = resource_drift(json.loads(printed), STACK)
    assert sorted((one.where, one.subject, one.declared, one.found) for one in found.findings) == [
        ("cloudflare", "DnsRecord chat: content", "a.cfargotunnel.com", "elsewhere.example.org"),
        ("cloudflare", "DnsRecord docs: existence", "there", "gone"),
    ]
