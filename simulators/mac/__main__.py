"""python -m simulators.mac start NAME --address 127.0.0.2 --publish 2222:22 | stop NAME | status."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated

import typer

from simulators.mac import lifecycle
from simulators.mac.ledger import read_ledger
from simulators.mac.specification import USER, SimulatorError, Specification, parse_publish
from toolchain.image_references import recorded_references

application = typer.Typer(no_args_is_help=True, add_completion=False, help="Simulated Macs in containers.")


@application.command()
def start(
    name: str,
    publish: Annotated[list[str], typer.Option(help="PORT_HERE:PORT_OF_THE_MAC; sshd is 22. May be repeated.")],
    address: Annotated[str, typer.Option(help="Address of this machine that the ports bind to.")] = "127.0.0.2",
    image: Annotated[str | None, typer.Option(help="Image to use in place of the one last built.")] = None,
) -> None:
    """Have the simulated Mac NAME run; at once when it does already."""
    started = time.monotonic()
    ports = tuple(parse_publish(text) for text in publish)
    wanted = Specification(
        name=name, address=address, publish=ports, image=image or recorded_references().get("mac", "")
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
    """Remove the simulated Mac NAME and everything inside."""
    removed = lifecycle.stop(name, purge=purge)
    print(f"simulator {name}: {'removed' if removed else 'was not there'}")


@application.command()
def ledger(name: str) -> None:
    """Print what the simulated Mac NAME was asked: logins, and calls of its programs."""
    for entry in read_ledger(name):
        print(json.dumps(entry))


@application.command()
def status() -> None:
    """List simulated Macs."""
    for row in lifecycle.status():
        print(f"{row.name}\t{row.state}\t{row.ports}")


if __name__ == "__main__":
    try:
        application(standalone_mode=True)
    except SimulatorError as problem:
        sys.exit(f"error: {problem}")
