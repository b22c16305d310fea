"""Which hosts a verb is about, and what it needs for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.provisioned_host import DIAL_ATTEMPTS
from hosts.role import Role
from hosts.step import Step
from operations import outputs
from operations.drift.repair import applied_role
from operations.failure import Failure
from operations.hosts import target as target_module
from operations.hosts.job import LONGEST, facts_job, look_job, role_job
from operations.hosts.secrets import secrets_of
from operations.hosts.target import provisioned, targets
from planning.plan import Plan

from .conftest import LOCAL, Planner, mac

HOSTS = {"local": LOCAL, "brain": mac("10.0.0.11"), "muscle": mac("10.0.0.12")}


@pytest.fixture
def plan(planned: Planner, monkeypatch: pytest.MonkeyPatch) -> Plan:
    role = Role(platform="mac", user="admin", needs=(), steps=(Step("power", 30, "step_power"),))
    monkeypatch.setattr(target_module, "role_of", lambda plan, name: role if plan.hosts[name].kind == "mac" else None)
    return planned(hosts=HOSTS, services={"redis": {"host": "brain"}})


def test_all_are_those_that_a_login_provisions(plan: Plan) -> None:
    assert provisioned(plan) == ["brain", "muscle"]
    assert [target.name for target in targets(plan)] == ["brain", "muscle"]


def test_named_hosts_come_once_in_their_order(plan: Plan) -> None:
    assert [target.name for target in targets(plan, ["muscle", "brain", "muscle"])] == ["muscle", "brain"]


@pytest.mark.parametrize(
    ("name", "known"), [("local", "no host local that is reached over SSH"), ("mscle", r"known: brain, muscle")]
)
def test_a_host_without_a_role_is_refused_and_the_others_named(plan: Plan, name: str, known: str) -> None:
    with pytest.raises(Failure, match=known):
        targets(plan, [name])


def test_a_run_is_bounded_by_its_steps_and_in_all(plan: Plan) -> None:
    (target,) = targets(plan, ["brain"])
    assert role_job(target, "check").seconds == 30 + target.role.lock_wait_seconds + 60
    assert all(role_job(target, mode).seconds <= LONGEST[mode] for mode in LONGEST)
    assert facts_job(target).mode == "check"


def test_only_a_host_that_got_this_very_role_counts_as_having_it(plan: Plan) -> None:
    (target,) = targets(plan, ["brain"])
    urn = "urn:pulumi:test::ai-platform::ai-platform:index:MacMini::brain"
    state: list[dict[str, Any]] = [
        {"urn": urn.replace("brain", "muscle"), "outputs": {"ready": "other"}},
        {"urn": f"{urn}-role"},
    ]
    assert applied_role(state, target) == ""
    assert applied_role([*state, {"urn": urn, "outputs": {"ready": target.digest}}], target) == target.digest


@pytest.fixture
def write_outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    monkeypatch.setattr(outputs, "STATE", tmp_path)

    def write() -> None:
        (tmp_path / "outputs").mkdir()
        kept = {
            "endpoints": [], "models": {"chat": "c", "embedding": "e"}, "credentials": {"redis": "canary"},
            "certificates": {"certificate.postgres.key": "PEM"},
        }  # fmt: skip
        (tmp_path / "outputs" / "test.json").write_text(json.dumps(kept))

    return write


def test_generated_passwords_and_keys_come_from_the_outputs(write_outputs: Callable[[], None]) -> None:
    assert secrets_of("test", "brain", []) == {}
    with pytest.raises(Failure, match=r"no outputs here(?s:.*)make up STACK=test"):
        secrets_of("test", "brain", ["password.redis"])
    write_outputs()
    assert secrets_of("test", "brain", ["password.redis"]) == {"password.redis": "canary"}
    assert secrets_of("test", "brain", ["certificate.postgres.key"]) == {"certificate.postgres.key": "PEM"}
    with pytest.raises(Failure, match=r"only the engine knows: secret\.tunnel-token") as refused:
        secrets_of("test", "brain", ["password.redis", "secret.tunnel-token"])
    assert "canary" not in str(refused.value)


def test_a_host_that_starts_may_refuse_for_a_minute_before_an_update_gives_it_up(plan: Plan) -> None:
    (target, _) = targets(plan)
    assert min(role_job(target, "apply").patience, look_job(target).patience) >= 75
    assert role_job(target, "check").patience <= 30
    pauses = [min(0.1 * 1.5**number, 5) for number in range(DIAL_ATTEMPTS - 1)]
    assert sum(pauses) >= 75, "pulumi-command's own, between two dials"
