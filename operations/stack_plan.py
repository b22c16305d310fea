"""The plan of a stack, for verbs that touch its hosts and not the engine."""

from __future__ import annotations

from operations.project import ROOT
from planning.build import build
from planning.plan import Plan
from settings.stack_file import read
from toolchain.image_references import ensure_environment, references


def stack_plan(stack: str) -> Plan:
    """Raises SettingsError with every problem of the settings. Secrets of the settings stay encrypted."""
    parsed = read(ROOT, stack)
    return build(parsed.without_secrets(), references(parsed.environment.images.source))


def plan_with_secrets(stack: str) -> Plan:
    """The plan that `up` brings about. Raises SettingsError with every problem, secrets that are not set included."""
    parsed = read(ROOT, stack)
    return build(parsed, references(parsed.environment.images.source))


def with_images(plan: Plan) -> Plan:
    """The same plan once its images are available here. Raises what toolchain.images.ensure_images raises."""
    names = {container.image_name for service in plan.services for container in service.containers}
    # The image of a rented machine is made by who simulates its account.
    simulated = {host.kind for host in plan.hosts.values() if host.simulated and not host.rented}
    ensure_environment(names, plan.environment.images.source, simulated)
    return plan_with_secrets(plan.name)
