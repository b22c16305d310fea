"""What a plan would let go of: data that stays where it is, but that nobody looks after any more. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from operations.data_guard.held import HeldHost, HeldVolume, Resource, held_hosts, held_volumes
from operations.failure import Failure
from planning.plan import Plan
from settings.host import Host


@dataclass(frozen=True, kw_only=True)
class Released:
    """`name` of a service or a host, as `--let-go` takes it. `other_machine`: the host's name means another one now."""

    name: str
    cause: str
    host: str
    volumes: tuple[str, ...]
    other_machine: bool = False


def released(resources: Iterable[Resource], plan: Plan) -> list[Released]:
    """Hosts first; the volumes of a host that goes, or that becomes another machine, are named with it."""
    known = list(resources)
    volumes = held_volumes(known)
    found: dict[str, Released] = {}
    for name, held in held_hosts(known).items():
        on_it = tuple(volume.name for volume in volumes if volume.host == name)
        host = plan.hosts.get(name)
        if host is None and (on_it or held.kind):
            cause = f"the host {name} is no longer in the plan"
            found[name] = Released(name=name, cause=cause, host=name, volumes=on_it)
        elif host is not None and on_it and (change := _change(held, host)):
            cause = f"the host {name} changes {change}"
            found[name] = Released(name=name, cause=cause, host=name, volumes=on_it, other_machine=True)
    left = [volume for volume in volumes if volume.host not in found]
    return [*found.values(), *_of_services(left, plan)]


def _change(held: HeldHost, host: Host) -> str:
    if held.kind and host.kind in ("mac", "linux") and host.kind != held.kind:
        return f"from {held.kind} to {host.kind}"
    address = host.address if host.ssh else None
    if address != held.address:
        return f"its address from {held.address or 'this machine'} to {address or 'this machine'}"
    return ""


def _of_services(volumes: Iterable[HeldVolume], plan: Plan) -> list[Released]:
    causes: dict[tuple[str, str, str], list[str]] = {}
    for volume in volumes:
        if cause := why_released(volume, plan):
            causes.setdefault((volume.service, cause, volume.host), []).append(volume.name)
    return [
        Released(name=service, cause=cause, host=host, volumes=tuple(names))
        for (service, cause, host), names in causes.items()
    ]


def why_released(volume: HeldVolume, plan: Plan) -> str:
    """Why a volume of a host that stays is let go of; empty for one that is not."""
    service = next((one for one in plan.services if one.name == volume.service), None)
    if service is None:
        return f"the service {volume.service} is no longer in the plan"
    if service.host != volume.host:
        return f"the service {volume.service} moves to {service.host}, where it would begin with nothing"
    if service.container is None or volume.part not in {one.name for one in service.container.volumes}:
        return f"the service {volume.service} no longer has a volume {volume.part}"
    return ""


def require_consent(found: Iterable[Released], let_go: Collection[str], stack: str) -> None:
    """Raises Failure that lists what nobody has agreed to let go of."""
    refused = [one for one in found if one.name not in let_go]
    if not refused:
        return
    lines = [f"{one.cause}: {', '.join(one.volumes) or 'what lies on it'} on {one.host}" for one in refused]
    flags = " ".join(dict.fromkeys(f"--let-go {one.name}" for one in refused))
    raise Failure(
        "data would leave the platform's care, and nothing was changed:\n    " + "\n    ".join(lines),
        f"put it back into Pulumi.{stack}.yaml; or move the data first; or let it go, which removes no data but leaves "
        f"it where it is, to nobody's care: scripts/up -s {stack} {flags}",
    )
