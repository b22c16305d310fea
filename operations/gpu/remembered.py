"""For how long something has been so: counted over runs, restarts and clock jumps, in one small file.

Within one life of this machine its own uptime counts, which no clock change touches. Over a restart only the date can
tell, so a date that went back counts as nothing, and one that went far ahead as a day at most.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from operations.gpu.account import TensorDockAccount

DAY_S: Final = 86_400.0
BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Moment:
    """Now: `life` names this machine's life, `uptime` its seconds, `date` those since the epoch."""

    life: str
    uptime: float
    date: float


@dataclass(frozen=True, slots=True)
class Watch:
    """When it was last looked at, and the seconds until then."""

    life: str
    uptime: float
    date: float
    elapsed: float = 0.0


def advanced(watch: Watch | None, now: Moment) -> Watch:
    """The watch as it stands now; one that begins now where there was none. Pure."""
    if watch is None:
        return Watch(now.life, now.uptime, now.date)
    passed = now.uptime - watch.uptime if watch.life == now.life else min(DAY_S, now.date - watch.date)
    return Watch(now.life, now.uptime, now.date, watch.elapsed + max(0.0, passed))


def this_moment() -> Moment:
    """By this machine's clocks. Where it has no name for its life (macOS), the time of its start stands for it."""
    uptime = time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
    life = BOOT_ID.read_text(encoding="ascii").strip() if BOOT_ID.exists() else f"{(time.time() - uptime) / 3600:.0f}"
    return Moment(life, uptime, time.time())


def moments_of(account: TensorDockAccount) -> Callable[[], Moment]:
    """This machine's time; for a simulated account the account's, which its tests move ahead."""
    if not account.simulated:
        return this_moment

    def moment() -> Moment:
        now = float(account.now())
        return Moment("simulated", now, now)

    return moment


class Watches:
    """What has been so, by its name. A file that cannot be read counts as empty: everything begins anew, said aloud."""

    def __init__(self, path: Path, moment: Callable[[], Moment]) -> None:
        self._path, self._moment = path, moment
        self._watches = self._read()
        self._seen: set[str] = set()

    def seconds(self, name: str, holds: bool) -> float:
        """For how long it has been so, this look included; zero when it is not so now."""
        if not holds:
            self._watches.pop(name, None)
            return 0.0
        self._watches[name] = advanced(self._watches.get(name), self._moment())
        self._seen.add(name)
        return self._watches[name].elapsed

    def save(self) -> None:
        """Keeps what was looked at since the last save, and forgets the rest."""
        kept = {name: asdict(watch) for name, watch in self._watches.items() if name in self._seen}
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = self._path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(kept), encoding="utf-8")
        unfinished.replace(self._path)
        self._seen.clear()

    def _read(self) -> dict[str, Watch]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(name): Watch(**watch) for name, watch in found.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError) as error:
            print(f"{self._path} cannot be read ({error}): all times begin anew", file=sys.stderr, flush=True)
            return {}
