"""Makes the engine forget what it kept on a machine that no longer exists, so that the next `up` makes it anew."""

from __future__ import annotations

from operations.engine import Engine
from planning.plan import Plan


def forget(engine: Engine, plan: Plan, host: str) -> None:
    """Drops the host's role, its images, networks, volumes and containers from the state; touches no machine.

    Only for a machine that is gone: what still runs somewhere would be forgotten, not removed.
    """
    if not engine.exists():
        return
    names = [host, *(service.name for service in plan.on(host))]
    lost = [urn for urn in engine.urns() if _lives_on(urn, names)]
    # Later resources stand on earlier ones, so they are forgotten first.
    for urn in reversed(lost):
        engine.forget(urn)
    if lost:
        print(f"{host} is a new machine: {len(lost)} records of the old one are dropped from the state")


def _lives_on(urn: str, names: list[str]) -> bool:
    kind, _, name = urn.rpartition("::")
    made_there = kind.endswith(("Command", "Container", "Network", "RemoteImage", "Volume")) and "$" in kind
    return made_there and any(name == one or name.startswith(f"{one}-") for one in names)
