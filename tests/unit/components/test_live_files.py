"""What a service takes up while it runs: brought to its container, in an order in which nothing opens too early."""

from __future__ import annotations

import json
from typing import Any

import pytest

from operations.live_files import LiveFilesSpec
from planning.plan import Plan

from .conftest import EDGE, PASSWORD_HASH, Planner
from .engine import GENERATED, Registered, Registrations
from .test_services import bring_up

LIVE = {"proxy", "access-check", "names"}
CHAT = {"hostname": "chat.example.com", "service": "open-webui", "access": "private"}
NOTES = {"hostname": "notes.example.com", "service": "open-webui", "access": "public"}


@pytest.fixture(scope="module")
def made(whole: Plan) -> Registrations:
    return bring_up(whole)


def told(made: Registrations, service: str) -> LiveFilesSpec:
    return LiveFilesSpec.model_validate_json(made.command(f"{service}-live-apply").inputs["stdin"])


def component(made: Registrations, service: str) -> Registered:
    return made.one(":LiveFiles", f"{service}-live")


def fronts(planned: Planner, *routes: dict[str, Any]) -> Registrations:
    services: dict[str, Any] = {name: {"host": "local"} for name in ("proxy", "access-check", "tunnel")}
    services |= {"open-webui": {"host": "local"}, "ollama": {"host": "local", "models": ["smollm2:135m"]}}
    services |= {name: {"host": "local"} for name in ("postgres", "embed", "rerank")}
    secrets = {"cloudflare-api-token": "x", "login-anna": PASSWORD_HASH}
    return bring_up(planned(services=services, routes=[*routes], edge={**EDGE, "team": "office"}, secrets=secrets))


def test_each_has_a_volume_without_data_and_goes_with_its_environment(made: Registrations) -> None:
    volumes = {one.name.removesuffix("-live"): one for one in made.of_kind(":Volume") if one.name.endswith("-live")}
    assert set(volumes) == LIVE
    for service, volume in volumes.items():
        assert not volume.request.retainOnDelete
        assert {"label": "ai-platform.live", "value": "yes"} in volume.inputs["labels"]
        mounts = {mount["target"]: mount for mount in made.container(service).inputs["mounts"]}
        assert mounts["/live"]["source"] == f"ai-platform-test-{service}-live"


def test_files_come_once_the_container_runs_and_again_to_another_one(made: Registrations) -> None:
    for service in LIVE:
        command = made.command(f"{service}-live-apply")
        assert service in command.depends_on
        assert command.is_secret("stdin")
        assert told(made, service).container_id == f"{service}-id"
        assert told(made, service).container == f"ai-platform-test-{service}"


def test_the_check_knows_a_name_before_the_proxy_leads_it_anywhere(made: Registrations) -> None:
    assert "access-check-live-apply" in made.command("proxy-live-apply").depends_on
    assert "proxy-live-apply" not in made.command("access-check-live-apply").depends_on


def test_a_preview_shows_what_has_no_secret_and_hides_the_rest(made: Registrations) -> None:
    assert set(component(made, "proxy").inputs["files"]) == {"nginx.conf"}
    assert "server_name chat.example.com www.example.com;" in component(made, "proxy").inputs["files"]["nginx.conf"]
    assert set(component(made, "names").inputs["files"]) == {"nginx.conf"}
    assert component(made, "access-check").inputs["files"] == {}
    assert told(made, "names").files["key.pem"] == f"{GENERATED}authority-names"
    assert json.loads(told(made, "access-check").files["audiences.json"])["audiences"] == {"chat.example.com": "aud"}


def test_another_name_changes_what_is_brought_and_neither_container_nor_rehearsal(planned: Planner) -> None:
    before, after = fronts(planned, CHAT), fronts(planned, CHAT, NOTES)
    for service in ("proxy", "access-check"):
        assert before.container(service).inputs == after.container(service).inputs
        rehearsals = [one.command(f"{service}-rehearsal").inputs for one in (before, after)]
        assert rehearsals[0] == rehearsals[1]
    assert told(before, "proxy").version != told(after, "proxy").version
    assert told(before, "access-check") == told(after, "access-check")


def test_a_version_is_that_of_all_files_and_stands_in_no_text_that_is_shown(made: Registrations) -> None:
    for service in LIVE:
        spec = told(made, service)
        assert any("@VERSION@" in text for text in spec.files.values())
        assert spec.version not in json.dumps(spec.files)
    assert len({told(made, service).version for service in LIVE}) == len(LIVE)


def test_a_rehearsal_has_to_become_healthy_without_the_files(made: Registrations) -> None:
    for service in LIVE:
        rehearsed = json.loads(made.command(f"{service}-rehearsal").inputs["stdin"])
        assert rehearsed["scratch_paths"] == ["/live"]
        assert f"{service}-live-apply" not in made.command(f"{service}-rehearsal").depends_on
