"""Environments as they stand here keep to the policy, and one that does not is refused before anything is made."""

from __future__ import annotations

import dataclasses

import pytest

from operations import check
from operations.failure import Failure
from operations.project import stack_names
from planning.build import build
from planning.plan import Plan
from policy.planned import planned_resources
from policy.rules import violations
from settings.stack_file import read
from toolchain.places import ROOT


def plan_of(stack: str) -> Plan:
    return build(read(ROOT, stack).without_secrets(), {})


@pytest.mark.parametrize("stack", stack_names())
def test_every_environment_here_keeps_to_the_policy(stack: str) -> None:
    assert violations(list(planned_resources(plan_of(stack)))) == []


def test_the_rules_see_what_a_plan_would_make() -> None:
    plan = plan_of("prod")
    without_firewalls = [one for one in planned_resources(plan) if not one.type.endswith(("MacMini", "LinuxHost"))]
    found = violations(without_firewalls)
    assert {one.rule for one in found} == {"no-open-port"}
    assert {one.resource for one in found} >= {"redis", "open-webui", "postgres"}


def test_check_refuses_a_plan_that_breaks_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of("dev")
    service = plan.service("redis")
    assert service.container
    loud = dataclasses.replace(service.container, environment=("REDIS_PASSWORD=hunter2",), image="redis:latest")
    broken = dataclasses.replace(plan, services=(dataclasses.replace(service, container=loud),))
    monkeypatch.setattr(check, "build", lambda *_: broken)
    with pytest.raises(Failure, match="redis: the image redis:latest") as refused:
        check.check("dev", as_json=True)
    assert "no-plain-secret" in str(refused.value) and "hunter2" not in str(refused.value)
