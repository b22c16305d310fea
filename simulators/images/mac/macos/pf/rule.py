"""Filter rules of pf, and how `pfctl -s rules` prints them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule after lists are expanded. Empty text means that the rule does not ask.

    `source` and `target` are an address, a network, `<table>` or `self`, with `!` in front where negated.
    """

    action: str
    returns: bool = False
    direction: str = ""
    quick: bool = False
    interface: str = ""
    family: str = ""
    protocol: str = ""
    source: str = ""
    source_port: str = ""
    target: str = ""
    target_port: str = ""
    stateless: bool = False

    def __str__(self) -> str:
        """As pfctl prints it: every word in its place, defaults spelled out."""
        action = "pass" if self.action == "pass" else f"block {'return' if self.returns else 'drop'}"
        words = [action, self.direction, "quick" if self.quick else ""]
        words += [f"on {self.interface}" if self.interface else "", self.family]
        words += [f"proto {self.protocol}" if self.protocol else "", self._hosts()]
        if self.action == "pass" and not self.stateless:
            words.append("flags S/SA keep state" if self.protocol in {"", "tcp"} else "keep state")
        elif self.action == "pass":
            words.append("no state")
        return " ".join(word for word in words if word)

    def _hosts(self) -> str:
        if not any((self.source, self.source_port, self.target, self.target_port)):
            return "all"
        return f"from {_end(self.source, self.source_port)} to {_end(self.target, self.target_port)}"


@dataclass(frozen=True)
class Anchor:
    """The place in a ruleset where another one is asked: its name, or `name/*` for all below."""

    name: str

    def __str__(self) -> str:
        return f'anchor "{self.name}" all'


def _end(host: str, port: str) -> str:
    negated = host.replace("!", "! ")
    if not port:
        return negated or "any"
    return f"{negated or 'any'} port {port if ':' in port or port[0] in '!<>' else f'= {port}'}"
