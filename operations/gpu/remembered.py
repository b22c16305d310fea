"""For how long something has been so: counted over runs, restarts and clock jumps, in one small file.

Within one life of this machine its own uptime counts, which no clock change touches. Over a restart only the date can
tell, so a date that went back counts as nothing, and one that went far ahead as a day at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from operations.gpu.account import TensorDockAccount
from operations.gpu.server_clock import uptime
from operations.gpu.small_file import SmallFile

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
    lived = uptime()
    life = BOOT_ID.read_text(encoding="ascii").strip() if BOOT_ID.exists() else f"{(time.time() - lived) / 3600:.0f}"
    return Moment(life, lived, time.time())


def moments_of(account: TensorDockAccount) -> Callable[[], Moment]:
    """This machine's time; for a simulated account the account's, which its tests move ahead."""
    if not account.simulated:
        return this_moment

    def moment() -> Moment:
        now = float(account.now())
        return Moment("simulated", now, now)

    return moment


class Watches:
    """What has been so, by its name."""

    def __init__(self, file: SmallFile, moment: Callable[[], Moment]) -> None:
        self._file, self._moment = file, moment
        self._watches = dict(_known(file.read()))
        self._seen: set[str] = set()

    def holds(self, name: str) -> bool:
        """Whether it was so at the last look."""
        return name in self._watches

    def seconds(self, name: str, holds: bool = True) -> float:
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
        self._file.change(lambda _before: kept)
        self._seen.clear()


def _known(found: Mapping[str, Any]) -> Iterator[tuple[str, Watch]]:
    for name, watch in found.items():
        try:
            yield name, Watch(str(watch["life"]), *(float(watch[key]) for key in ("uptime", "date", "elapsed")))
        except (KeyError, TypeError, ValueError):
            # What cannot be read has not been so yet.
            continue
