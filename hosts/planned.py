"""What a plan wants of each of its hosts."""

from __future__ import annotations

from hosts.linux.planned import planned_linux
from hosts.linux.steps import linux_role
from hosts.mac.planned import planned_mac
from hosts.mac.steps import mac_role
from hosts.role import Role
from planning.plan import Plan


def role_of(plan: Plan, name: str) -> Role | None:
    """The role of one host; None for one that is not provisioned by a login of ours."""
    match plan.hosts[name].kind:
        case "mac":
            return mac_role(planned_mac(plan, name))
        case "linux" | "gpu_vm":
            return linux_role(planned_linux(plan, name))
    return None
