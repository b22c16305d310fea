"""The rules of `policy/` for the engine: `pulumi preview --policy-pack policy/pack`. See docs/review.md."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from policy.recorder import Recorder
from policy.rules import RULES
from policy.violation import Rule

recorder = Recorder()
SETTINGS = PolicyConfigSchema(
    properties={
        "ports": {"type": "array", "items": {"type": "integer"}, "default": []},
        "names": {"type": "array", "items": {"type": "string"}, "default": []},
    }
)


def record(args: ResourceValidationArgs, _: ReportViolation) -> None:
    """Reports nothing: rules see all resources together."""
    recorder.record(args)


def judged(rule: Rule) -> StackValidationPolicy:
    """One rule as the engine takes it."""

    def judge(args: StackValidationArgs, report: ReportViolation) -> None:
        for one in recorder.violations(rule, args.get_config()):
            report(one.message, one.urn)

    return StackValidationPolicy(
        name=rule.name, description=rule.description, validate=judge, config_schema=SETTINGS
    )  # fmt: skip


PolicyPack(
    name="ai-platform",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(name="inputs", description="Gathers the inputs of resources.", validate=record),
        *map(judged, RULES),
    ],
)
