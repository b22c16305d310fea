"""newsyslog(8): rotates logs by renaming them; who holds the old file open goes on writing there.

The columns of newsyslog.conf(5): file [owner:group] mode count size when flags. Size in kilobytes, `*` for any.
"""

from __future__ import annotations

import bz2
import getopt
import grp
import gzip
import os
import pwd
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

CONFIGURATION = Path("/etc/newsyslog.conf")
COMPRESSORS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "J": (".bz2", bz2.compress),
    "Z": (".gz", gzip.compress),
    "": ("", bytes),
}


@dataclass(frozen=True)
class Entry:
    """One line of the configuration."""

    log: Path
    owner: str
    mode: int
    count: int
    kilobytes: int | None
    flags: str


def main(arguments: list[str]) -> int:
    """Rotate what is too big; -F all, -n none, -v says so."""
    try:
        found, named = getopt.getopt(arguments, "CFNnrsvR:a:d:f:S:t:")
    except getopt.GetoptError as wrong:
        print(
            f"newsyslog: illegal option -- {wrong.opt}\nusage: newsyslog [-CFNnrsv] [-f config_file]", file=sys.stderr
        )
        return 1
    given = dict(found)
    if os.getuid() != 0 and "-r" not in given:
        print("newsyslog: must have root privs", file=sys.stderr)
        return 1
    for entry in _entries(Path(given.get("-f", CONFIGURATION))):
        if named and str(entry.log) not in named:
            continue
        due = entry.log.exists() and ("-F" in given or _too_big(entry))
        if "-v" in given:
            size = entry.log.stat().st_size // 1024 if entry.log.exists() else 0
            print(
                f"{entry.log} <{entry.count}{entry.flags}>: size (Kb): {size} --> {'trimming' if due else 'skipping'}"
            )
        if due and "-n" not in given:
            _rotate(entry, forced="-F" in given)
        elif "C" in entry.flags and not entry.log.exists() and "-n" not in given:
            _create(entry, "")
    return 0


def _entries(file: Path) -> Iterator[Entry]:
    for line in file.read_text().splitlines():
        words = line.partition("#")[0].split()
        if words[:1] == ["<include>"]:
            for included in sorted(Path(words[1]).parent.glob(Path(words[1]).name)):
                yield from _entries(included)
        elif words:
            owner = words.pop(1) if ":" in words[1] else ""
            log, mode, count, size, _, flags, *_ = [*words, "", ""]
            kilobytes = None if size == "*" else int(size)
            yield Entry(Path(log), owner or "root:wheel", int(mode, 8), int(count), kilobytes, flags.replace("-", ""))


def _too_big(entry: Entry) -> bool:
    return entry.kilobytes is not None and entry.log.stat().st_size >= entry.kilobytes * 1024


def _rotate(entry: Entry, *, forced: bool) -> None:
    ending, compress = COMPRESSORS[next((flag for flag in "JZ" if flag in entry.flags), "")]
    archives = [entry.log.with_name(f"{entry.log.name}.{number}{ending}") for number in range(entry.count + 1)]
    archives[-1].unlink(missing_ok=True)
    for number in reversed(range(entry.count)):
        if archives[number].exists():
            archives[number].rename(archives[number + 1])
    plain = entry.log.with_name(f"{entry.log.name}.0")
    entry.log.rename(plain)
    reason = "-F request" if forced else f"size>{entry.kilobytes}K"
    _create(entry, "" if "B" in entry.flags else f"logfile turned over due to {reason}")
    if ending:
        archives[0].write_bytes(compress(plain.read_bytes()))
        plain.unlink()
    archives[0].chmod(entry.mode)
    archives[-1].unlink(missing_ok=True)


def _create(entry: Entry, text: str) -> None:
    stamp = f"{time.strftime('%b %e %T')} {socket.gethostname()} newsyslog[{os.getpid()}]: {text}\n"
    entry.log.write_text(stamp if text else "")
    entry.log.chmod(entry.mode)
    owner, _, group = entry.owner.partition(":")
    os.chown(entry.log, pwd.getpwnam(owner or "root").pw_uid, grp.getgrnam(group or "wheel").gr_gid)
