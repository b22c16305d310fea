"""Where a simulated account is kept between two processes: `account.json` in a folder."""

import json
import secrets
from pathlib import Path
from typing import Any

from simulators.cloudflare.account import Account
from simulators.cloudflare.scopes import ALL
from simulators.cloudflare.service import READING, Service
from simulators.daemon import write_private
from simulators.reply import Reply, Request

TOKEN_BYTES = 24
KEPT = ("kinds", "configurations", "secrets", "previous_secrets")


class Kept(Service):
    """A service that writes its account down after each change, before anybody hears of it."""

    file: Path
    token: str

    def answer(self, request: Request) -> Reply:
        with self.lock:
            reply = super().answer(request)
            if request.method != READING:
                self.keep()
            return reply

    def keep(self) -> None:
        """Whole or not at all. Who is connected is not kept: connectors come again."""
        account = {part: getattr(self.account, part) for part in KEPT}
        write_private(self.file, json.dumps({"token": self.token, **account}, indent=1))


def opened(folder: Path) -> Kept:
    """The account that is kept here, or a new one with a token of its own."""
    file = folder / "account.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    token = found.pop("token", None) or secrets.token_hex(TOKEN_BYTES)
    service = Kept(Account(**found), {token: ALL})
    service.file, service.token = file, token
    service.keep()
    return service
