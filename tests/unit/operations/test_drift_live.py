"""A service that answers by other files than it was given is found, and `make up` brings them again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import CompletedProcess
from typing import Any

import pytest

from operations.docker_cli import DockerCli
from operations.drift import live
from operations.drift.live import Unlike, live_drift, unlike
from operations.failure import Failure
from planning.plan import Plan

from .conftest import Planner

CHAIN = "urn:pulumi:test::ai-platform::ai-platform:index:ServiceContainer$ai-platform:index:LiveFiles"
APPLY = f"{CHAIN}$command:local:Command::proxy-live-apply"
VERSION = "a" * 64
STATE: list[dict[str, Any]] = [
    {"urn": f"{CHAIN}::proxy-live", "type": "ai-platform:index:LiveFiles", "outputs": {"version": VERSION}},
    {"urn": APPLY, "type": "command:local:Command"},
]


class Docker(DockerCli):
    """One container that answers a version; None: it does not run."""

    def __init__(self, version: str | None) -> None:
        super().__init__(None, {})
        self.version, self.asked = version, 0

    def attempt(self, *arguments: str, stdin: bytes | None = None, timeout: float = 60) -> CompletedProcess[bytes]:
        assert arguments[:2] == ("exec", "ai-platform-test-proxy")
        self.asked += 1
        return CompletedProcess([], int(self.version is None), (self.version or "").encode(), b"")


class State:
    """As much of an engine as is asked."""

    def exists(self) -> bool:
        return True

    def resources(self) -> list[dict[str, Any]]:
        return STATE


@pytest.fixture
def plan(planned: Planner) -> Plan:
    return planned(services={"proxy": {"host": "local"}, "redis": {"host": "local"}})


def answering(monkeypatch: pytest.MonkeyPatch, version: str | None) -> Docker:
    docker = Docker(version)

    @contextmanager
    def opened(*_: object) -> Iterator[Docker]:
        yield docker

    monkeypatch.setattr(live, "host_docker", opened)
    return docker


@pytest.mark.parametrize(("version", "differs"), [(VERSION, False), (None, False), ("b" * 64, True), ("", True)])
def test_only_a_running_service_with_another_version_differs(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, version: str | None, differs: bool
) -> None:
    answering(monkeypatch, version)
    expected = [Unlike(host="local", urn=APPLY, declared=VERSION, found=version or "")] if differs else []
    assert list(unlike(plan, STATE)) == expected


def test_what_was_never_brought_and_what_cannot_be_reached_is_not_asked(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker = answering(monkeypatch, "")
    assert list(unlike(plan, [])) == list(unlike(plan, STATE, {"local"})) == []
    assert docker.asked == 0


def test_the_finding_names_both_versions_and_the_command_that_mends_it(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, "")
    (found,) = live_drift(plan, State(), ()).findings  # type: ignore[arg-type]
    assert (found.where, found.what, found.urn) == ("local", "proxy", APPLY)
    assert (found.declared, found.found) == ("files aaaaaaaaaaaa", "answers by none")
    assert found.remedy == "make up STACK=test"


def test_files_that_cannot_be_asked_for_are_not_taken_for_unchanged(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise Failure("no answer", "")

    monkeypatch.setattr(live, "host_docker", fails)
    (untold,) = live_drift(plan, State(), ()).untold  # type: ignore[arg-type]
    assert (untold.where, untold.cause) == ("live files", "no answer")
