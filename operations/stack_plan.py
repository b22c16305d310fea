"""The plan of a stack, for verbs that touch its hosts and not the engine."""

from __future__ import annotations

from operations.project import ROOT
from planning.build import build
from planning.plan import Plan
from planning.runnable import require_runnable
from settings.stack_file import read
from toolchain.image_references import references


def stack_plan(stack: str) -> Plan:
    """Raises SettingsError for settings that no `up` could run. Secrets of the settings stay encrypted."""
    parsed = read(ROOT, stack)
    plan = build(parsed.without_secrets(), references(parsed.environment.images.source))
    require_runnable(plan, parsed.file)
    return plan
