"""One simulated account that outlives its process: `python -m simulators.tensordock.daemon FOLDER`.

One process serves a folder; a second one ends at once with the status BUSY. The account, its token, its bill and its
port are kept in the folder, so that a restart changes nothing that anybody could see. `endpoint.json` says where it is.
"""

import contextlib
import fcntl
import json
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from simulators.tensordock.containers import ContainerMachines
from simulators.tensordock.machine import no_machine
from simulators.tensordock.process import BUSY
from simulators.tensordock.server import serving
from simulators.tensordock.store import Store, write_private

HOST = "127.0.0.1"
LOOK_S = 2.0


def main(
    folder: Annotated[Path, typer.Argument(help="Where the account is kept; made when it is missing.")],
    records: Annotated[bool, typer.Option("--records", help="No containers: machines are records only.")] = False,
) -> None:
    """Serve the account of FOLDER until SIGTERM, SIGINT, or until somebody removes the folder."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(folder), contextlib.ExitStack() as stack:
        machines = no_machine if records else stack.enter_context(ContainerMachines(str(folder)))
        service = Store(folder).service(machines)
        if isinstance(machines, ContainerMachines):
            machines.remove_others({vm.id for vm in service.account.existing()})
        url = stack.enter_context(serving(service, HOST, _port(folder)))
        write_private(folder / "endpoint.json", json.dumps({"url": url, "token": service.token}))
        print(f"{folder}: a simulated TensorDock account answers at {url}", flush=True)
        _wait(folder)


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{folder}: another process serves this account", file=sys.stderr)
            raise typer.Exit(BUSY) from None
        yield


def _port(folder: Path) -> int:
    """The port of last time, if it is free; else any."""
    try:
        url: str = json.loads((folder / "endpoint.json").read_text(encoding="utf-8"))["url"]
        port = int(url.split("/")[2].rpartition(":")[2])
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except (OSError, ValueError, KeyError, IndexError):
        return 0
    return port


def _wait(folder: Path) -> None:
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    while not asked.wait(LOOK_S):
        if not (folder / "lock").exists():
            print(f"{folder} is gone, and with it the account", flush=True)
            return


if __name__ == "__main__":
    typer.run(main)
