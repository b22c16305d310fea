"""A ruleset: what one configuration file says, in order (pf.conf(5); FreeBSD and apple-oss-distributions parse.y)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from .reader import Reader
from .rule import Anchor, Rule
from .rule_line import read_rules
from .words import PfSyntaxError, statements

# A statement may not come before one of a lower rank.
RANKS = {"set": 1, "scrub": 2, "scrub-anchor": 2, "nat-anchor": 4, "rdr-anchor": 4, "dummynet-anchor": 5}
RANKS |= {"anchor": 6, "pass": 6, "block": 6}
OUT_OF_ORDER = "Rules must be in order: options, normalization, queueing, translation, filtering"


@dataclass
class Ruleset:
    """Filter rules and anchors in order, tables, interfaces that are left alone, and files that fill anchors."""

    entries: list[Rule | Anchor] = field(default_factory=list)
    tables: dict[str, list[str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    loads: dict[str, str] = field(default_factory=dict)
    returns: bool = False


def parsed(text: str) -> Ruleset:
    """Read a configuration. Raises PfSyntaxError."""
    ruleset, rank = Ruleset(), 0
    for number, words in statements(text):
        kind = words[0]
        if RANKS.get(kind, rank) < rank:
            raise PfSyntaxError(number, OUT_OF_ORDER)
        rank = max(rank, RANKS.get(kind, 0))
        if kind in {"pass", "block"}:
            ruleset.entries.extend(read_rules(Reader(number, words), returns=ruleset.returns))
        else:
            _statement(ruleset, number, words)
    return ruleset


def _statement(ruleset: Ruleset, number: int, words: list[str]) -> None:
    match words:
        case ["anchor", name] | ["anchor", name, "all"] if _quoted(name):
            ruleset.entries.append(Anchor(name.strip('"')))
        case ["scrub-anchor" | "nat-anchor" | "rdr-anchor" | "dummynet-anchor", name] if _quoted(name):
            pass
        case ["scrub", *_]:
            pass
        case ["load", "anchor", name, "from", file] if _quoted(name) and _quoted(file):
            ruleset.loads[name.strip('"')] = file.strip('"')
        case ["table", name, *rest] if name.startswith("<"):
            ruleset.tables[name] = _addresses(number, rest)
        case ["set", "skip", "on", *interfaces]:
            ruleset.skipped += [word for word in interfaces if word not in {"{", "}", ","}]
        case ["set", "block-policy", ("drop" | "return") as policy]:
            ruleset.returns = policy == "return"
        case ["set", _, *_]:
            pass
        case _:
            raise PfSyntaxError(number)


def _quoted(word: str) -> bool:
    return len(word) > 2 and word[0] == word[-1] == '"'


def _addresses(number: int, words: list[str]) -> list[str]:
    rest = [word for word in words if word not in {"persist", "const", "counters", ","}]
    if rest[:1] == ["file"] and len(rest) == 2:
        lines = Path(rest[1].strip('"')).read_text().splitlines()
        rest = ["{", *(line.strip() for line in lines if line.strip() and not line.startswith("#")), "}"]
    if not rest:
        return []
    if rest[0] != "{" or rest[-1] != "}":
        raise PfSyntaxError(number)
    try:
        return [str(ipaddress.ip_network(word, strict=False)) for word in rest[1:-1]]
    except ValueError as wrong:
        raise PfSyntaxError(number, f"could not parse host specification: {wrong}") from wrong
