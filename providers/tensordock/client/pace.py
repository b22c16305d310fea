"""Keeps all processes of this user under the account's 100 calls a minute, with a share kept for stop and delete.

Owns one small file per account in the user's cache folder: when the calls of the last minute were sent. A window, not
a bucket: a bucket that is full lets nearly twice its rate through in its first minute.
"""

import fcntl
import hashlib
import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from providers.tensordock.client.patience import Clock, Patience

WINDOW_S: Final = 60.0
CALLS: Final = 90
"""Calls a minute in all. The limit is 100 for the whole organization (its getting-started page)."""
RESERVED: Final = 20
"""Of these, the ones that only stopping and deleting may use."""
LONGEST_HOLD_S: Final = 600.0
"""Of a pause that the API asks for; a proxy that names a day must not keep a machine running for a day."""


def calls_folder() -> Path:
    """`$XDG_CACHE_HOME/pulumi-tensordock` or `~/.cache/pulumi-tensordock`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "pulumi-tensordock"


def delay(calls: list[float], now: float, limit: int) -> float:
    """Seconds until one more call keeps to the limit in every window; zero when it does already. Pure."""
    recent = [call for call in calls if now - call < WINDOW_S]
    return 0.0 if len(recent) < limit else sorted(recent)[-limit] + WINDOW_S - now


@dataclass
class Pace:
    """The calls of one account. `calls` and `reserved` are per minute."""

    account: str = field(repr=False)
    folder: Path = field(default_factory=calls_folder)
    calls: int = CALLS
    reserved: int = RESERVED
    _own: dict[str, Any] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @property
    def path(self) -> Path:
        """Its file; the name tells nothing of the account."""
        return self.folder / f"calls-{hashlib.sha256(self.account.encode()).hexdigest()[:16]}.json"

    def turn(self, patience: Patience, said: str, *, reserved: bool) -> None:
        """Returns when the call may be sent, and counts it. Raises OutOfTime or Cancelled."""
        while wait := self._book(patience.clock, self.calls if reserved else self.calls - self.reserved):
            patience.pause(wait, said)
        patience.check(said)

    def hold(self, now: float, seconds: float) -> None:
        """The API asked for a pause: nobody calls before its end, or before `LONGEST_HOLD_S` have passed."""
        with self._record() as record:
            end = max(_held(record, now), now + min(seconds, LONGEST_HOLD_S))
            record["held"], record["held_for"] = end, end - now

    def _book(self, clock: Clock, limit: int) -> float:
        with self._record() as record:
            now = clock.now()
            # As with a pause, what lies far ahead is from before a restart of the machine.
            calls = [call for call in record.get("calls", []) if abs(now - call) < WINDOW_S]
            wait = max(delay(calls, now, limit), _held(record, now) - now)
            record["calls"] = calls if wait > 0 else [*calls, now]
            return max(wait, 0.0)

    @contextmanager
    def _record(self) -> Iterator[dict[str, Any]]:
        """The shared record, locked; this process's own where the file cannot be used: a stop must not wait for it."""
        with self._lock:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                file = self.path.open("a+", encoding="utf-8")
            except OSError as error:
                logging.getLogger(__name__).warning("calls are paced in this process only: %s", error)
                yield self._own
                return
            with file:
                fcntl.flock(file, fcntl.LOCK_EX)
                record = _read(file)
                yield record
                _write(file, record)


def _held(record: Mapping[str, Any], now: float) -> float:
    """The end of the pause. One that lies farther ahead than was asked for is from before a restart of the machine."""
    held, asked = record.get("held", 0.0), record.get("held_for", 0.0)
    return float(held) if held - now <= asked else 0.0


def _read(file: IO[str]) -> dict[str, Any]:
    """What the file holds; a file that was cut off counts as empty."""
    file.seek(0)
    try:
        found = json.loads(file.read())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _write(file: IO[str], record: Mapping[str, Any]) -> None:
    """A full disk loses what was counted, and hinders nobody."""
    try:
        file.truncate(0)
        os.write(file.fileno(), json.dumps(record).encode())
    except OSError as error:
        logging.getLogger(__name__).warning("calls are not counted: %s", error)
