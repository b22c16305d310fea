"""stat(1) of BSD (apple-oss-distributions/file_cmds stat/stat.c): -f is the format, -c does not exist."""

from __future__ import annotations

import grp
import os
import pwd
import re
import stat
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ..bsd import UsageError, options, refused

USAGE = "usage: stat [-FLnq] [-f format | -l | -r | -s | -x] [-t timefmt] [file ...]"
DEFAULT = '%d %i %Sp %l %Su %Sg %r %z "%Sa" "%Sm" "%Sc" "%SB" %k %b %f %N'
TIME = "%b %e %T %Y"
FIELD = re.compile(
    r"%(?P<flags>[#+\-0 ]*)(?P<width>\d*)(?:\.\d+)?(?P<form>[DOUXFS]?)(?P<part>[HML]?)(?P<datum>[A-Za-z%])"
)
TYPES = {
    stat.S_IFREG: "Regular File",
    stat.S_IFDIR: "Directory",
    stat.S_IFLNK: "Symbolic Link",
    stat.S_IFSOCK: "Socket",
    stat.S_IFIFO: "Fifo File",
    stat.S_IFCHR: "Character Device",
    stat.S_IFBLK: "Block Device",
}
MARKS = {stat.S_IFDIR: "/", stat.S_IFLNK: "@", stat.S_IFSOCK: "=", stat.S_IFIFO: "|"}


def main(arguments: list[str]) -> int:
    """Print the format for each file; 1 when one is not there."""
    try:
        found, files = options("stat", arguments, "f:FLlnqrst:x", USAGE)
    except UsageError as wrong:
        return refused(wrong)
    given = dict(found)
    status = 0
    for name in files:
        try:
            facts = Path(name).stat(follow_symlinks="-L" in given)
        except OSError as problem:
            if "-q" not in given:
                print(f"stat: {name}: stat: {problem.strerror}", file=sys.stderr)
            status = 1
            continue
        line = formatted(given.get("-f", DEFAULT), File(name, facts, given.get("-t", TIME)))
        print(line, end="" if "-n" in given else "\n")
    return status


@dataclass(frozen=True)
class File:
    """A file as it was given, what is known about it, and how its times are to be printed."""

    name: str
    facts: os.stat_result
    time_format: str

    @property
    def numbers(self) -> dict[str, int]:
        """Every datum that is a number, by its letter."""
        facts = self.facts
        found = {"d": facts.st_dev, "i": facts.st_ino, "l": facts.st_nlink, "u": facts.st_uid, "g": facts.st_gid}
        found |= {"z": facts.st_size, "b": facts.st_blocks, "k": facts.st_blksize, "r": facts.st_rdev, "f": 0, "v": 0}
        times = {"a": facts.st_atime, "m": facts.st_mtime, "c": facts.st_ctime, "B": facts.st_ctime}
        return found | {letter: int(moment) for letter, moment in times.items()}


def formatted(pattern: str, file: File) -> str:
    """The pattern with every field filled in."""

    def field(match: re.Match[str]) -> str:
        text = _value(match["datum"], match["form"], match["part"], file)
        width = int(match["width"] or 0)
        return text.ljust(width) if "-" in match["flags"] else text.rjust(width, "0" if "0" in match["flags"] else " ")

    return FIELD.sub(field, pattern)


def _value(datum: str, form: str, part: str, file: File) -> str:
    mode = file.facts.st_mode
    kind = stat.S_IFMT(mode)
    target = str(Path(file.name).readlink()) if datum == "Y" and stat.S_ISLNK(mode) else ""
    mark = TYPES.get(kind, "???") if part == "H" else MARKS.get(kind, "*" if mode & 0o111 else "")
    texts = {"%": "%", "n": "\n", "t": "\t", "N": file.name, "Y": target, "T": mark}
    if datum in texts:
        return texts[datum]
    if datum == "p":
        return _mode(form, part, mode)
    number = file.numbers.get(datum, 0)
    if form == "S" and datum in "amcB":
        return time.strftime(file.time_format, time.localtime(number))
    if form == "S" and datum in "ug":
        return _account(datum, number)
    return {"O": "{:o}", "X": "{:x}"}.get(form, "{}").format(number)


def _mode(form: str, part: str, mode: int) -> str:
    if form == "S":
        return stat.filemode(mode)
    return f"{ {'L': mode & 0o777, 'M': mode >> 9 & 0o7, 'H': mode >> 12}.get(part, mode):o}"


def _account(datum: str, number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name if datum == "u" else grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
