"""Runs a simulated Cloudflare account: `python -m simulators.cloudflare --port 8322 --ledger calls.jsonl`.

With `--folder` its edge serves too: the names of the zone by HTTPS, and the connectors of its tunnels. The folder keeps
the certificate to trust (`ca.pem`), its key and the team's signing keys.
The API token that it accepts comes from CLOUDFLARE_API_TOKEN, so that it stays out of the process list.
"""

import contextlib
import os
import threading
from pathlib import Path
from typing import Annotated

import typer

from simulators.cloudflare.account import Account
from simulators.cloudflare.edge.serve import serving_edge
from simulators.cloudflare.scopes import ALL
from simulators.cloudflare.server import serving
from simulators.cloudflare.service import TOKEN, Service


def main(  # noqa: PLR0913, PLR0917 - one for each option
    port: Annotated[int, typer.Option(help="Port of the API on 127.0.0.1; 0 takes a free one.")] = 0,
    zone: Annotated[str, typer.Option(help="Name of the account's zone.")] = "dev.test",
    ledger: Annotated[Path | None, typer.Option(help="File that every call is appended to.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Keeps what the edge needs; without it there is no edge.")] = None,
    edge: Annotated[str, typer.Option(help="Address that visitors come to.")] = "127.0.0.1:8443",
    connectors: Annotated[str, typer.Option(help="Address that connectors dial.")] = "172.17.0.1:7844",
    team: Annotated[str, typer.Option(help="Name of the Zero Trust team.")] = "dev",
) -> None:
    """Serve until interrupted. Prints the base URL of the API on one line, then those of the edge."""
    token = os.environ.get("CLOUDFLARE_API_TOKEN", TOKEN)
    service = Service(Account(zone_name=zone), {token: ALL}, ledger=ledger)
    with contextlib.ExitStack() as stack:
        urls = [stack.enter_context(serving(service, port=port))]
        if folder:
            urls += stack.enter_context(serving_edge(service, folder, edge, connectors, team))
        print("\n".join(urls), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    typer.run(main)
