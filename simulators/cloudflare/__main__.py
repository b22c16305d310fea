"""Runs a simulated Cloudflare account: `python -m simulators.cloudflare --port 8322 --ledger calls.jsonl`.

The token that it accepts comes from CLOUDFLARE_API_TOKEN, so that it stays out of the process list.
"""

import os
import threading
from pathlib import Path
from typing import Annotated

import typer

from simulators.cloudflare.account import Account
from simulators.cloudflare.scopes import ALL
from simulators.cloudflare.server import serving
from simulators.cloudflare.service import TOKEN, Service


def main(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    zone: Annotated[str, typer.Option(help="Name of the account's zone.")] = "dev.test",
    ledger: Annotated[Path | None, typer.Option(help="File that every call is appended to.")] = None,
) -> None:
    """Serve until interrupted. Prints the base URL on one line."""
    token = os.environ.get("CLOUDFLARE_API_TOKEN", TOKEN)
    with serving(Service(Account(zone_name=zone), {token: ALL}, ledger=ledger), port=port) as url:
        print(url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    typer.run(main)
