"""Runs a simulated TensorDock account: `python -m simulators.tensordock --port 8321 --ledger bill.jsonl`.

The token that it accepts comes from TENSORDOCK_API_TOKEN, so that it stays out of the process list.
"""

import os
import threading
from pathlib import Path
from typing import Annotated

import typer

from simulators.tensordock.account import Account
from simulators.tensordock.clock import SimulatorClock
from simulators.tensordock.ledger import Ledger
from simulators.tensordock.server import serving
from simulators.tensordock.service import TOKEN, Service


def main(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    ledger: Annotated[Path | None, typer.Option(help="File that the bill is appended to.")] = None,
) -> None:
    """Serve until interrupted. Prints the base URL on one line."""
    service = Service(Account(SimulatorClock(), Ledger(ledger)), token=os.environ.get("TENSORDOCK_API_TOKEN", TOKEN))
    with serving(service, port=port) as url:
        print(url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    typer.run(main)
