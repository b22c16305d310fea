"""Simulated machines for the hosts of a plan that ask for one."""

from __future__ import annotations

from catalogue.load import definitions
from operations.docker_containers import docker
from operations.failure import Failure
from planning.plan import Plan
from toolchain.image_references import recorded_references

SSHD = 22


def start(plan: Plan) -> list[str]:
    """Starts a simulated machine for each host with `simulated: true`, and waits until one can log in.

    Gives the names of those that were made anew: nothing of what ran on the old ones is left.
    """
    made_anew = []
    for name, host in plan.hosts.items():
        if not (host.simulated and host.ssh and host.address):
            continue
        # Imported here: only development environments simulate anything.
        from simulators.hosts import lifecycle  # noqa: PLC0415
        from simulators.hosts.kind import KINDS  # noqa: PLC0415
        from simulators.hosts.specification import SimulatorError, Specification  # noqa: PLC0415

        # A change of the published ports makes a new machine, so every port of the catalogue is published.
        ports = {definition.port for definition in definitions().values() if definition.port > 1023}
        ports |= {service.port for service in plan.on(name)} - {host.ssh.port}
        publish = ((host.ssh.port, SSHD), *((port, port) for port in sorted(ports)))
        kind, image = KINDS[host.kind], recorded_references().get(host.kind, "")
        before = _container_id(name)
        try:
            lifecycle.start(Specification(name=name, address=host.address, publish=publish, image=image, kind=kind))
        except SimulatorError as error:
            raise Failure(str(error), "make up") from error
        if _container_id(name) != before:
            made_anew.append(name)
        print(f"{name}: a {kind.noun} answers at {host.address}:{host.ssh.port}")
    return made_anew


def _container_id(name: str) -> str:
    return docker("ps", "-aq", "--filter", f"label=ai-platform.simulator={name}").strip()


def stop(plan: Plan) -> None:
    """Removes what `start` made; its keys stay, so that the next one is the same machine to its users."""
    for name, host in plan.hosts.items():
        if host.simulated:
            from simulators.hosts import lifecycle  # noqa: PLC0415

            if lifecycle.stop(name):
                print(f"{name}: the simulated machine is removed")
