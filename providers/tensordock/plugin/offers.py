"""Where a machine could stand, best first, and why it cannot stand elsewhere. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from providers.tensordock.client.location import CardOffer, Location
from providers.tensordock.client.money import hourly
from providers.tensordock.plugin.inputs import InstanceInputs


@dataclass(frozen=True, slots=True)
class Offer:
    """One place and its price, micro-dollars an hour; exactly one of the ids is set. A named host has no price yet."""

    place: str
    location_id: str | None = None
    hostnode_id: str | None = None
    hourly: int | None = None
    tier: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """The places to try, in order, and one line for each place that is out of question."""

    offers: tuple[Offer, ...]
    rejected: tuple[str, ...] = ()


def choose(wanted: InstanceInputs, locations: Sequence[Location]) -> Choice:
    """By price or by tier, the other one decides between equals; as many as `attempts` allows."""
    if wanted.hostnode_id:
        return Choice((Offer(f"host {wanted.hostnode_id}", hostnode_id=wanted.hostnode_id),))
    possible: list[Offer] = []
    rejected: list[str] = []
    for location in locations:
        for card in location.cards:
            if card.model != wanted.gpu_model:
                continue
            price = card.hourly(wanted.gpu_count, wanted.vcpu_count, wanted.ram_gb, wanted.storage_gb)
            if reason := _objection(wanted, location, card, price):
                rejected.append(f"{location.place}: {reason}")
            else:
                possible.append(Offer(location.place, location.id, hourly=price, tier=location.tier))
    possible.sort(key=lambda offer: _rank(offer, wanted.prefer))
    return Choice(tuple(possible[: wanted.attempts]), tuple(rejected))


def _rank(offer: Offer, prefer: str) -> tuple[int, int, str]:
    price, tier, last = offer.hourly or 0, -offer.tier, offer.location_id or ""
    return (price, tier, last) if prefer == "price" else (tier, price, last)


def _objection(wanted: InstanceInputs, location: Location, card: CardOffer, price: int) -> str:
    """Why the machine cannot stand there; empty where it can."""
    limits, network = card.resources, card.network_features
    objections = {
        "not among locationIds": bool(wanted.location_ids) and location.id not in wanted.location_ids,
        f"below tier {wanted.minimum_tier}": location.tier < wanted.minimum_tier,
        f"costs {hourly(price)}, more than the cap of {hourly(wanted.cap)}": price > wanted.cap,
        f"has {card.max_count} of these cards": card.max_count < wanted.gpu_count,
        f"at most {limits.max_vcpus} vCPUs": limits.max_vcpus < wanted.vcpu_count,
        f"at most {limits.max_ram_gb} GB of memory": limits.max_ram_gb < wanted.ram_gb,
        f"at most {limits.max_storage_gb} GB of disk": limits.max_storage_gb < wanted.storage_gb,
        "no dedicated addresses": wanted.dedicated_ip and not network.dedicated_ip_available,
        "no port forwarding": bool(wanted.port_forwards) and not network.port_forwarding_available,
    }
    return next((reason for reason, true in objections.items() if true), "")
