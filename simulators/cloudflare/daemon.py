"""One simulated account that outlives its process: `python -m simulators.cloudflare.daemon FOLDER`.

One process serves a folder; a second one ends at once with the status BUSY. The account, its token and its port are
kept in the folder, so that a restart changes nothing that anybody could see. `endpoint.json` says where it is.
"""

import errno
import json
import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from simulators.cloudflare.edge.serve import serving_edge
from simulators.cloudflare.server import serving
from simulators.cloudflare.store import Kept, opened
from simulators.daemon import ENDPOINT, HOST, last_port, only_one, wait, write_private


@dataclass
class Served:
    """An account with its API, and with its edge as soon as the addresses of that are there."""

    folder: Path
    service: Kept
    stack: ExitStack
    places: dict[str, str]
    url: str = field(init=False)

    def __post_init__(self) -> None:
        port = last_port(self.folder)
        self.url = self.stack.enter_context(serving(self.service, HOST, port))
        self._tell()

    def open_edge(self) -> None:
        """Does nothing where it is open, or where Docker's bridge, which its engine makes, is not there yet."""
        if self.service.edge is not None:
            return
        try:
            self.stack.enter_context(serving_edge(self.service, self.folder, **self.places))
        except OSError as error:
            self.service.edge = None
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            return
        self._tell()

    def _tell(self) -> None:
        told = {
            "url": self.url, "token": self.service.token, "pid": os.getpid(),
            "open": self.service.edge is not None, **self.places,
        }  # fmt: skip
        write_private(self.folder / ENDPOINT, json.dumps(told))
        print(f"{self.folder}: a simulated Cloudflare account answers at {self.url}", flush=True)


def main(
    folder: Annotated[Path, typer.Argument(help="Where the account is kept; made when it is missing.")],
    visitors: Annotated[str, typer.Option(help="Where browsers come in: address:port.")] = "127.0.0.1:8443",
    connectors: Annotated[str, typer.Option(help="Where connectors come in: address:port.")] = "172.17.0.1:7844",
    team: Annotated[str, typer.Option(help="Name of its Zero Trust team.")] = "dev",
    closed: Annotated[bool, typer.Option("--closed", help="No edge: only the API answers.")] = False,
) -> None:
    """Serve the account of FOLDER until SIGTERM, SIGINT, or until somebody removes the folder."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with only_one(folder), ExitStack() as stack:
        places = {"visitors": visitors, "connectors": connectors, "team": team}
        served = Served(folder, opened(folder), stack, places)
        if closed:
            wait(folder)
        else:
            served.open_edge()
            wait(folder, served.open_edge)


if __name__ == "__main__":
    typer.run(main)
