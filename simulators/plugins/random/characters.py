"""Draws strings of characters by the rules of RandomPassword and RandomString."""

import secrets
import string
from dataclasses import dataclass
from typing import Any

from providers.common.values import Properties

OFFICIAL_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of character: its members, whether it may occur, and how many of it must occur."""

    members: str
    allowed: bool
    minimum: int


def groups(inputs: Properties) -> list[Group]:
    """The four kinds of characters as the inputs (with defaults filled in) allow them."""

    def group(name: str, members: str, minimum: str) -> Group:
        return Group(members, _is_on(inputs.get(name)), int(inputs.get(minimum) or 0))

    numeric = group("numeric", string.digits, "minNumeric")
    if inputs.get("number") is False:
        numeric = Group(numeric.members, False, numeric.minimum)
    return [
        group("lower", string.ascii_lowercase, "minLower"),
        group("upper", string.ascii_uppercase, "minUpper"),
        numeric,
        group("special", inputs.get("overrideSpecial") or OFFICIAL_SPECIAL, "minSpecial"),
    ]


def refusal(inputs: Properties) -> str | None:
    """Why no string can be drawn by these inputs, or None."""
    wanted, length = groups(inputs), int(inputs["length"])
    needed = sum(group.minimum for group in wanted)
    if length < 1:
        return f"length is {length}, it must be at least 1"
    if length < needed:
        return f"length is {length}, but the min* arguments ask for {needed} characters"
    if not any(group.allowed for group in wanted):
        return "at least one of lower, upper, numeric and special must be true"
    return None


def draw(inputs: Properties) -> str:
    """A new string; the minimum of each kind is drawn even where that kind is switched off, as officially."""
    wanted = groups(inputs)
    everything = "".join(group.members for group in wanted if group.allowed)
    drawn = [secrets.choice(group.members) for group in wanted for _ in range(group.minimum)]
    drawn += [secrets.choice(everything) for _ in range(int(inputs["length"]) - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def _is_on(value: Any) -> bool:
    return value is None or bool(value)
