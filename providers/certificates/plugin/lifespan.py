"""How long what is issued is valid, and when it is issued anew. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from providers.common.difference import Change, Kind
from providers.common.schema import Failure, Field

LONGEST_DAYS = 36500


def lifespan_fields(days: int, renew_days: int) -> dict[str, Field]:
    """`days`: how long it is valid. `renewDays`: with fewer days left an update issues it anew."""
    return {"days": Field(default=days), "renewDays": Field(default=renew_days)}


def lifespan_failures(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    """Days that are no whole numbers in order. Anything unknown passes."""
    days, renew = inputs.get("days"), inputs.get("renewDays")
    for name, value in (("days", days), ("renewDays", renew)):
        if isinstance(value, float | str | bool) or (isinstance(value, int) and not 0 < value <= LONGEST_DAYS):
            yield Failure(name, f"is {value!r}; it is a whole number of days, 1 to {LONGEST_DAYS}")
            return
    if isinstance(days, int) and isinstance(renew, int) and renew >= days:
        yield Failure("renewDays", f"is {renew}; it must be less than days ({days}), or every update issues anew")


def renewal(state: Mapping[str, Any], inputs: Mapping[str, Any], now: datetime) -> list[Change]:
    """The change that time alone brings: `expires` moves, once less than `renewDays` are left."""
    left = datetime.fromisoformat(state["expires"]) - now
    due = left < timedelta(days=inputs["renewDays"])
    return [Change("expires", Kind.UPDATE, replaces=False)] if due else []
