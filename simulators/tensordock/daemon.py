"""One simulated account that outlives its process: `python -m simulators.tensordock.daemon FOLDER`.

One process serves a folder; a second one ends at once with the status BUSY. The account, its token, its bill and its
port are kept in the folder, so that a restart changes nothing that anybody could see. `endpoint.json` says where it is.
"""

import contextlib
import json
from pathlib import Path
from typing import Annotated

import typer

from simulators.daemon import ENDPOINT, HOST, last_port, only_one, wait, write_private
from simulators.tensordock.containers import ContainerMachines
from simulators.tensordock.machine import no_machine
from simulators.tensordock.server import serving
from simulators.tensordock.store import Store


def main(
    folder: Annotated[Path, typer.Argument(help="Where the account is kept; made when it is missing.")],
    records: Annotated[bool, typer.Option("--records", help="No containers: machines are records only.")] = False,
) -> None:
    """Serve the account of FOLDER until SIGTERM, SIGINT, or until somebody removes the folder."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with only_one(folder), contextlib.ExitStack() as stack:
        machines = no_machine if records else stack.enter_context(ContainerMachines(str(folder)))
        service = Store(folder).service(machines)
        if isinstance(machines, ContainerMachines):
            machines.remove_others({vm.id for vm in service.account.existing()})
        url = stack.enter_context(serving(service, HOST, last_port(folder)))
        write_private(folder / ENDPOINT, json.dumps({"url": url, "token": service.token}))
        print(f"{folder}: a simulated TensorDock account answers at {url}", flush=True)
        wait(folder)


if __name__ == "__main__":
    typer.run(main)
