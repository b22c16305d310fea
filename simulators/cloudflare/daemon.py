"""One simulated account that outlives its process: `python -m simulators.cloudflare.daemon FOLDER`.

One process serves a folder; a second one ends at once with the status BUSY. The account, its token and its port are
kept in the folder, so that a restart changes nothing that anybody could see. `endpoint.json` says where it is.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from simulators.cloudflare.server import serving
from simulators.cloudflare.store import opened
from simulators.daemon import ENDPOINT, HOST, last_port, only_one, wait, write_private


def main(
    folder: Annotated[Path, typer.Argument(help="Where the account is kept; made when it is missing.")],
    browsers: Annotated[str, typer.Option(help="Where browsers come in: address:port.")] = "127.0.0.1:8443",
    connectors: Annotated[str, typer.Option(help="Where connectors come in: address:port.")] = "172.17.0.1:7844",
) -> None:
    """Serve the account of FOLDER until SIGTERM, SIGINT, or until somebody removes the folder."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with only_one(folder):
        port = last_port(folder)
        service = opened(folder)
        with serving(service, HOST, port) as url:
            places = {"browsers": browsers, "connectors": connectors}
            write_private(folder / ENDPOINT, json.dumps({"url": url, "token": service.token, **places}))
            print(f"{folder}: a simulated Cloudflare account answers at {url}", flush=True)
            wait(folder)


if __name__ == "__main__":
    typer.run(main)
