"""python -m simulators.hosts start NAME [--kind linux] --publish 2222:22 | stop NAME | status | ledger NAME."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated

import typer

from simulators.hosts import lifecycle, switches
from simulators.hosts.kind import KINDS, MAC
from simulators.hosts.ledger import read_ledger
from simulators.hosts.specification import USER, SimulatorError, Specification, parse_publish
from toolchain.image_references import recorded_references

application = typer.Typer(no_args_is_help=True, add_completion=False, help="Simulated machines in containers.")


@application.command()
def start(
    name: str,
    publish: Annotated[list[str], typer.Option(help="PORT_HERE:PORT_OF_THE_MACHINE; sshd is 22. May be repeated.")],
    address: Annotated[str, typer.Option(help="Address of this machine that the ports bind to.")] = "127.0.0.2",
    kind: Annotated[str, typer.Option(help="mac or linux.")] = MAC.name,
    image: Annotated[str | None, typer.Option(help="Image to use in place of the one last built.")] = None,
) -> None:
    """Have the simulated machine NAME run; at once when it does already."""
    started = time.monotonic()
    if kind not in KINDS:
        raise SimulatorError(f"--kind {kind!r}: expected {' or '.join(KINDS)}")
    wanted = Specification(
        name=name,
        address=address,
        publish=tuple(parse_publish(text) for text in publish),
        image=image or recorded_references().get(kind, ""),
        kind=KINDS[kind],
    )
    keys = lifecycle.start(wanted)
    print(
        f"simulator {name}: login works after {time.monotonic() - started:.1f} s: "
        f"ssh -i {keys.client_key} -o UserKnownHostsFile={keys.known_hosts} "
        f"-p {wanted.ssh_port} {USER}@{address}"
    )


@application.command()
def stop(
    name: str,
    purge: Annotated[bool, typer.Option("--purge", help="Forget its keys as well.")] = False,
) -> None:
    """Remove the simulated machine NAME and everything inside."""
    removed = lifecycle.stop(name, purge=purge)
    print(f"simulator {name}: {'removed' if removed else 'was not there'}")


@application.command()
def ledger(name: str) -> None:
    """Print what the simulated machine NAME was asked: logins, and calls of its programs."""
    for entry in read_ledger(name):
        print(json.dumps(entry))


@application.command()
def switch(
    name: str,
    trouble: Annotated[str, typer.Argument(help="sudo-password, disk-full, apt-locked, apt-slow, gpu-absent, ubuntu.")],
    state: Annotated[str, typer.Argument(help="on or off.")],
    value: Annotated[str, typer.Argument(help="Folder of disk-full, seconds of apt-slow.")] = "",
) -> None:
    """Make the simulated Linux machine NAME trouble, or end it."""
    if state not in ("on", "off"):
        raise SimulatorError(f"{state!r}: expected on or off")
    switches.turn(name, trouble, on=state == "on", value=value)


@application.command()
def status() -> None:
    """List simulated machines."""
    for row in lifecycle.status():
        print(f"{row.name}\t{row.state}\t{row.ports}")


if __name__ == "__main__":
    try:
        application(standalone_mode=True)
    except SimulatorError as problem:
        sys.exit(f"error: {problem}")
