"""A place where TensorDock rents machines, and what it asks for them."""

from decimal import Decimal

from pydantic import Field

from providers.tensordock.client.instance import Reported
from providers.tensordock.client.money import to_micros


class Limits(Reported):
    """The most that one machine can have with one kind of card."""

    max_vcpus: int = 0
    max_ram_gb: int = 0
    max_storage_gb: int = 0


class Rates(Reported):
    """Dollars an hour for one unit beside the cards."""

    per_vcpu_hr: Decimal = Field(ge=0)
    per_gb_ram_hr: Decimal = Field(ge=0)
    per_gb_storage_hr: Decimal = Field(ge=0)


class Network(Reported):
    """How machines are reached there."""

    dedicated_ip_available: bool = False
    port_forwarding_available: bool = False


class CardOffer(Reported):
    """One kind of card at one location."""

    model: str = Field(alias="v0Name", min_length=1)
    max_count: int = 0
    price_per_hr: Decimal = Field(ge=0)
    resources: Limits = Limits()
    pricing: Rates
    network_features: Network = Network()

    def hourly(self, cards: int, vcpus: int, ram_gb: int, storage_gb: int) -> int:
        """Micro-dollars an hour of a running machine of that size."""
        return to_micros(
            self.price_per_hr * cards
            + self.pricing.per_vcpu_hr * vcpus
            + self.pricing.per_gb_ram_hr * ram_gb
            + self.pricing.per_gb_storage_hr * storage_gb
        )


class Location(Reported):
    """One location. `tier` 0 are private homes, 4 are the best data centres."""

    id: str = Field(min_length=1)
    city: str = ""
    region: str = Field(default="", alias="stateprovince")
    country: str = ""
    tier: int = 0
    cards: tuple[CardOffer, ...] = Field(default=(), alias="gpus")

    @property
    def place(self) -> str:
        """For people: `Chubbuck, Idaho, United States (tier 3)`."""
        return f"{', '.join(filter(None, (self.city, self.region, self.country))) or self.id} (tier {self.tier})"
