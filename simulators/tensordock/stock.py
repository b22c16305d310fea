"""What the simulated account can rent: locations, cards, prices in micro-dollars, and how many cards are free."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from simulators.tensordock.order import Order

VCPU, RAM, STORAGE = 3_000, 2_000, 50  # micro-dollars an hour for one vCPU, one GB of memory, one GB of disk


@dataclass
class Place:
    """One location. `cards`: model -> (micro-dollars an hour for one, how many are free)."""

    id: str
    city: str
    country: str
    tier: int
    cards: dict[str, tuple[int, int]] = field(default_factory=dict)
    dedicated_ips: bool = True

    def free(self, model: str) -> int:
        return self.cards.get(model, (0, 0))[1]

    def take(self, model: str, count: int) -> None:
        """Fewer free cards; a negative count gives them back."""
        price, free = self.cards[model]
        self.cards[model] = (price, free - count)

    def hourly(self, order: Order) -> int:
        """Micro-dollars an hour of the running machine."""
        price = self.cards[order.gpu_model][0] * order.gpu_count
        return price + VCPU * order.vcpus + RAM * order.ram_gb + storage_hourly(order)

    def document(self) -> dict[str, Any]:
        """As `GET /locations` tells it."""
        gpus = [self._card(model, price, free) for model, (price, free) in self.cards.items()]
        where = {"city": self.city, "stateprovince": "", "country": self.country}
        return {"id": self.id, **where, "tier": self.tier, "gpus": gpus}

    def _card(self, model: str, price: int, free: int) -> dict[str, Any]:
        return {
            "v0Name": model,
            "displayName": model.upper(),
            "max_count": max(free, 0),
            "price_per_hr": dollars(price),
            "resources": {"max_vcpus": 64, "max_ram_gb": 256, "max_storage_gb": 4000},
            "pricing": {
                "per_vcpu_hr": dollars(VCPU),
                "per_gb_ram_hr": dollars(RAM),
                "per_gb_storage_hr": dollars(STORAGE),
            },
            "network_features": {
                "dedicated_ip_available": self.dedicated_ips,
                "port_forwarding_available": True,
                "network_storage_available": False,
            },
        }


def storage_hourly(order: Order) -> int:
    """Micro-dollars an hour of the disk alone."""
    return STORAGE * order.storage_gb


def dollars(micros: int) -> float:
    """As JSON shows it; six digits come back exactly."""
    return float(Fraction(micros, 1_000_000))


def default_stock() -> list[Place]:
    """Three locations with different prices, tiers and cards."""
    rtx4090, a100, h100 = "geforcertx4090-pcie-24gb", "a100-pcie-80gb", "h100-sxm5-80gb"
    return [
        Place("loc-home", "Chubbuck", "United States", 0, {rtx4090: (300_000, 4)}),
        Place("loc-mid", "Chicago", "United States", 2, {rtx4090: (350_000, 4), a100: (900_000, 2)}),
        Place(
            "loc-best", "Frankfurt", "Germany", 4, {rtx4090: (420_000, 4), a100: (1_100_000, 4), h100: (2_250_000, 8)}
        ),
    ]
