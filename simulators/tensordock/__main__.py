"""The simulated TensorDock account by hand: its clock, its mood, its faults and its machines. See also control.py."""

import json
import os
import secrets
import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from simulators.tensordock import process
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SimulatorClock
from simulators.tensordock.ledger import Ledger
from simulators.tensordock.remote import FOLDER, ControlError, Remote, seconds, settings
from simulators.tensordock.server import serving
from simulators.tensordock.service import TOKEN, Service

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
Machine = Annotated[str, typer.Argument(help="Name of the machine, or how its id begins.")]
Pairs = Annotated[list[str], typer.Argument(help="NAME=VALUE, as often as needed.")]


@application.callback()
def chosen(
    context: typer.Context,
    folder: Annotated[Path, typer.Option(help="Where the account is kept.")] = FOLDER,
) -> None:
    """Every command but `serve` speaks to the account of this checkout."""
    context.obj = Remote(folder)


@application.command()
def state(context: typer.Context) -> None:
    """Print time, switches, faults, machines and the bill in millionths of a dollar."""
    _show(context.obj.get("state"))


@application.command()
def ledger(context: typer.Context) -> None:
    """Print what each machine cost when, one line an interval."""
    for interval in context.obj.get("ledger"):
        print(json.dumps(interval))


@application.command()
def advance(context: typer.Context, by: Annotated[str, typer.Argument(help="90, 30m, 2h, 3d.")]) -> None:
    """Move the account's time ahead."""
    _show(context.obj.post("clock", {"advance": seconds(by)}))


@application.command(name="set")
def turn(context: typer.Context, switches: Pairs) -> None:
    """Change how the service behaves, for example never_ip=true no_capacity='["loc-mid"]'; see behaviour.py."""
    _show(context.obj.post("behaviour", settings(switches)))


@application.command()
def fault(context: typer.Context, given: Pairs) -> None:
    """Let calls fail, for example kind=lost method=POST path=/instances times=2; see faults.py."""
    faults = context.obj.get("state")["faults"]
    _show(context.obj.post("faults", [*(each for each in faults if each["times"]), settings(given)]))


@application.command()
def forget(context: typer.Context) -> None:
    """Let no call fail any more."""
    _show(context.obj.post("faults", []))


@application.command()
def become(
    context: typer.Context,
    machine: Machine,
    status: Annotated[str, typer.Argument(help="stopped, stoppeddisassociated, error or gone.")],
) -> None:
    """Let a machine change by itself: its card is reclaimed, it breaks, somebody deletes it."""
    _show(context.obj.post(f"vms/{context.obj.machine(machine)}", {"become": status}))


@application.command()
def rent(context: typer.Context, name: Annotated[str, typer.Argument(help="Name of the new machine.")]) -> None:
    """Let somebody else rent a machine in this account, behind everybody's back."""
    _show(context.obj.post("vms", {"name": name}))


@application.command()
def token(context: typer.Context, to: Annotated[str, typer.Argument(help="revoked or valid.")]) -> None:
    """Revoke the token that everybody uses, or let it count again."""
    context.obj.post("token", {"token": secrets.token_hex() if to == "revoked" else context.obj.token})


@application.command()
def gpu(context: typer.Context, machine: Machine, fields: Pairs) -> None:
    """Set what nvidia-smi tells there, for example utilization.gpu='97 %' temperature.gpu=88."""
    _show(context.obj.post(f"vms/{context.obj.machine(machine)}/gpu", settings(fields)))


@application.command()
def network(context: typer.Context, machine: Machine, to: Annotated[str, typer.Argument(help="cut or back.")]) -> None:
    """Let connections to a machine hang, or get answers again."""
    _show(context.obj.post(f"vms/{context.obj.machine(machine)}/network", {"cut": to == "cut"}))


@application.command()
def switch(
    context: typer.Context,
    machine: Machine,
    trouble: Annotated[str, typer.Argument(help="sudo-password, disk-full, apt-locked, apt-slow, gpu-absent.")],
    to: Annotated[str, typer.Argument(help="on or off.")],
    value: Annotated[str, typer.Argument(help="Folder of disk-full, seconds of apt-slow.")] = "",
) -> None:
    """Make trouble inside a machine, or end it."""
    wanted = {"switch": trouble, "state": to, "value": value}
    _show(context.obj.post(f"vms/{context.obj.machine(machine)}/switch", wanted))


@application.command()
def stop(context: typer.Context) -> None:
    """End the process; account and machines stay, and go on with the next `up` of a GPU stack."""
    print("stopped" if process.stop(context.obj.folder) else "it was not running")


@application.command()
def remove(context: typer.Context) -> None:
    """Remove the account with all its machines and its bill."""
    process.remove(context.obj.folder)


@application.command()
def serve(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    bill: Annotated[Path | None, typer.Option("--ledger", help="File that the bill is appended to.")] = None,
) -> None:
    """Serve another account until interrupted, without real machines; prints its base URL.

    The token that it accepts comes from TENSORDOCK_API_TOKEN, so that it stays out of the process list.
    """
    service = Service(Account(SimulatorClock(), Ledger(bill)), token=os.environ.get("TENSORDOCK_API_TOKEN", TOKEN))
    with serving(service, port=port) as url:
        print(url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


def _show(found: Any) -> None:
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    try:
        application()
    except ControlError as problem:
        sys.exit(f"error: {problem}")
