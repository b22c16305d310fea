"""One host, and what it is to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hosts.planned import role_of
from hosts.role import COMPONENT_TYPES, Role
from hosts.script import render_script, script_digest
from operations.failure import USAGE, Failure
from operations.ssh_login import Login, login_of
from planning.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Target:
    """A host that a login of ours provisions."""

    login: Login
    role: Role

    @property
    def name(self) -> str:
        return self.login.name

    @property
    def script(self) -> str:
        return render_script(self.role)

    @property
    def digest(self) -> str:
        """What components/provisioned_host.py records as `ready`."""
        return script_digest(self.script)

    @property
    def role_urn(self) -> str:
        """The resource that brings the host to its role."""
        kind = f"{COMPONENT_TYPES[self.role.platform]}$command:remote:Command"
        return f"urn:pulumi:{self.login.stack}::ai-platform::{kind}::{self.name}-role"


def provisioned(plan: Plan) -> list[str]:
    """Names of the hosts that a login of ours brings to their role."""
    return [name for name, host in plan.hosts.items() if host.ssh and role_of(plan, name)]


def targets(plan: Plan, names: Sequence[str] = ()) -> list[Target]:
    """The named hosts in the order given, each once; without names all that have a role.

    Raises Failure for a host that no login of ours provisions.
    """
    return [_target(plan, name) for name in dict.fromkeys(names or provisioned(plan))]


def _target(plan: Plan, name: str) -> Target:
    login = login_of(plan.name, plan.hosts, name)
    role = role_of(plan, name)
    if role is None:
        known = ", ".join(provisioned(plan)) or "none"
        cause = f"hosts.{name} of {plan.name} is not provisioned by a login (those that are: {known})"
        raise Failure(cause, f"choose another one, or see hosts.{name}.kind in Pulumi.{plan.name}.yaml", USAGE)
    return Target(login=login, role=role)
