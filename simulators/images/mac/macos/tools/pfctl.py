"""pfctl(8) of macOS: rules, anchors and the switch (apple-oss-distributions pfctl.c; output as its users quote it).

Says things on standard error although it succeeds.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from ..bsd import UsageError, options, refused
from ..pf.loaded import Loaded, loaded
from ..pf.ruleset import Ruleset, parsed
from ..pf.shown import shown
from ..pf.words import PfSyntaxError

USAGE = (
    "usage: pfctl [-AdeEghMmNnOPqRrvz] [-a anchor] [-D macro=value]\n"
    "             [-F modifier] [-f file] [-i interface] [-K host | network]\n"
    "             [-k host | network ] [-o level] [-p device] [-s modifier ]\n"
    "             [-t table -T command [address ...]] [-w interval] [-x level] [-X token]"
)
FLUSHES = (
    "pfctl: Use of -f option, could result in flushing of rules\n"
    "present in the main ruleset added by the system at startup.\n"
    "See /etc/pf.conf for further details.\n"
)
NO_ALTQ = "No ALTQ support in kernel\nALTQ related functions disabled"


def main(arguments: list[str]) -> int:
    """Switch off, flush, load, switch on, show: in this order, whatever was asked for."""
    try:
        found, _ = options("pfctl", arguments, "AdeEghMmNnOPqRrvza:D:F:f:i:K:k:o:p:s:t:T:w:x:X:", USAGE)
        given = dict(found)
        if "-f" in given and "-a" not in given:
            _note(FLUSHES)
        text = _text(given["-f"]) if "-f" in given else ""
        if "-n" in given:
            _check(given, text)
            return 0
        if os.getuid() != 0:
            raise UsageError("pfctl: /dev/pf: Permission denied")
        _note(NO_ALTQ)
        _act(given, text)
    except UsageError as wrong:
        return refused(wrong)
    return 0


def _note(text: str) -> None:
    print(text, file=sys.stderr)


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text()
    except OSError as problem:
        raise UsageError(f"pfctl: {name}: {problem.strerror}") from problem


def _check(given: dict[str, str], text: str) -> Ruleset:
    name = "stdin" if given["-f"] == "-" else given["-f"]
    try:
        ruleset = parsed(text)
        for file in ruleset.loads.values():
            name = file
            parsed(_text(file))
    except PfSyntaxError as wrong:
        ending = "" if "-n" in given else "\npfctl: Syntax error in config file: pf rules not loaded"
        raise UsageError(f"{name}:{wrong.line}: {wrong.text}{ending}") from wrong
    return ruleset


def _act(given: dict[str, str], text: str) -> None:
    state = loaded()
    if "-d" in given:
        if state.enabled_at is None:
            raise UsageError("pfctl: pf not enabled")
        state.enabled_at, state.tokens = None, []
        _note("pf disabled")
    if "-X" in given:
        _release(state, given["-X"])
    if "-s" in given:
        print(shown(state, given["-s"], given.get("-a", "")), end="")
        return
    if "-F" in given:
        _flush(state, given["-F"], given.get("-a", ""))
    if "-f" in given:
        _check(given, text)
        state.load(text, given.get("-a", ""))
    if "-e" in given:
        if state.enabled_at is not None:
            state.apply()
            raise UsageError("pfctl: pf already enabled")
        state.enable()
        _note("pf enabled")
    if "-E" in given:
        _note("pf already enabled" if state.enabled_at is not None else "pf enabled")
        state.enable()
        state.tokens.append(random.SystemRandom().getrandbits(63))
        _note(f"Token : {state.tokens[-1]}")
    state.apply()


def _release(state: Loaded, token: str) -> None:
    if int(token) not in state.tokens:
        raise UsageError(f"pfctl: the token {token} is invalid")
    state.tokens.remove(int(token))
    if not state.tokens:
        state.enabled_at = None
        _note("pf disabled")


def _flush(state: Loaded, what: str, anchor: str) -> None:
    if "all".startswith(what) or "rules".startswith(what):
        kept = state.rulesets.get(anchor, Ruleset())
        state.rulesets[anchor] = Ruleset(tables=kept.tables)
        _note("rules cleared")
