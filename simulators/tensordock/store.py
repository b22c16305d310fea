"""Where a simulated account is kept between two processes: `account.json` and the bill, `ledger.jsonl`, in a folder."""

import secrets
from pathlib import Path

from simulators.daemon import write_private
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SimulatorClock
from simulators.tensordock.ledger import Ledger
from simulators.tensordock.machine import Machines
from simulators.tensordock.service import Service
from simulators.tensordock.snapshot import Snapshot

TOKEN_BYTES = 24


class Store:
    """One folder. Writes are atomic and on the disk when they return; only changes are written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "account.json"
        self._ledger = folder / "ledger.jsonl"
        self._written = ""

    def service(self, machines: Machines) -> Service:
        """The account that is kept here, or a new one with a token of its own. It is kept from now on."""
        ledger = Ledger(self._ledger)
        if self._file.exists():
            service = Snapshot.model_validate_json(self._file.read_bytes()).service(ledger, machines)
        else:
            account = Account(SimulatorClock(), ledger, machines=machines)
            service = Service(account, token=secrets.token_hex(TOKEN_BYTES))
        service.keep, service.folder = self.keep, str(self.folder)
        service.settle()
        return service

    def keep(self, service: Service) -> None:
        """Writes the account down, if more than the time has changed."""
        snapshot = Snapshot.of(service)
        changing = snapshot.model_dump_json(exclude={"now"})
        if changing != self._written:
            write_private(self._file, snapshot.model_dump_json(indent=1))
            self._written = changing
