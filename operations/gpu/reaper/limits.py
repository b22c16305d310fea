"""What the settings of a stack allow its machines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from operations.gpu.machines import OurMachine
from operations.gpu.reaper.facts import Limits
from providers.tensordock.client.money import to_micros
from settings.gpu import Gpu
from settings.host import Host


def limits_of(hosts: Mapping[str, Host], machine: OurMachine) -> Limits:
    """The limits of the host that the machine was rented for; the strictest of the stack where none has its name.

    Raises ValueError for a stack that rents nothing.
    """
    cards = {name: host.gpu for name, host in hosts.items() if host.rented and host.gpu}
    own = [card for name, card in cards.items() if _plain(name) == machine.resource]
    return _strictest(own or list(cards.values()))


def _strictest(cards: list[Gpu]) -> Limits:
    return Limits(
        idle_minutes=min(card.idle_minutes for card in cards),
        stopped_days=min(card.destroy_after_stopped_days for card in cards),
        running_micro_usd=min(to_micros(card.hourly_usd) for card in cards),
    )


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
