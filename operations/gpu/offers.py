"""Where a rented host could stand now, and what that would cost."""

from __future__ import annotations

from decimal import Decimal

from rich.markup import escape
from rich.table import Table

from operations.gpu.account import TensorDockAccount, understood
from operations.gpu.spend.money import price, usd
from planning.cost import HOURS_A_MONTH
from providers.tensordock.client.money import hourly
from providers.tensordock.plugin.inputs import InstanceInputs
from providers.tensordock.plugin.offers import Choice, choose
from settings.gpu import Gpu
from settings.host import Host

OFFERS_S = 120.0


def offers(account: TensorDockAccount, host: Host, gpu: Gpu) -> Choice:
    """The places that fit by price and tier, best first, as the provider will try them."""
    operation = account.operation(OFFERS_S)
    with understood():
        return choose(wanted(host, gpu), operation.api.locations())


def wanted(host: Host, gpu: Gpu) -> InstanceInputs:
    """What decides where the host can stand. Pure."""
    return InstanceInputs(
        gpu_model=gpu.model,
        gpu_count=gpu.count,
        vcpu_count=int(host.cpus),
        ram_gb=int(host.memory_gb),
        storage_gb=int(host.disk_gb),
        max_hourly_price=Decimal(str(gpu.cap_usd)),
        location_ids=list(gpu.location_ids),
        minimum_tier=gpu.minimum_tier,
        prefer=gpu.prefer,
        attempts=gpu.attempts,
        dedicated_ip=gpu.dedicated_ip,
    )


def describe(name: str, host: Host, gpu: Gpu) -> str:
    """`inference: 1 x geforcertx4090-pcie-24gb, 4 vCPUs, 16 GB, 100 GB of disk; never above 0.35 USD an hour`"""
    size = f"{gpu.count} x {gpu.model}, {host.cpus:g} vCPUs, {host.memory_gb:g} GB, {host.disk_gb:g} GB of disk"
    return f"{name}: {size}; never above {hourly(wanted(host, gpu).cap)}"


def offers_table(choice: Choice, gpu: Gpu) -> Table:
    """One row for each place; what a month costs at the stated hours, and when it is never stopped."""
    table = Table(title="Offers, in the order in which they are tried (USD)")
    table.add_column("LOCATION", overflow="fold")
    for heading in ("AN HOUR", f"{gpu.hours_per_month:g} H A MONTH", f"{HOURS_A_MONTH:g} H A MONTH"):
        table.add_column(heading, justify="right", overflow="fold")
    for offer in choice.offers:
        months = (_month(offer.hourly, gpu.hours_per_month), _month(offer.hourly, HOURS_A_MONTH))
        table.add_row(escape(offer.place), price(offer.hourly), *months)
    return table


def _month(micros: int | None, hours: float) -> str:
    return "?" if micros is None else usd(round(micros * Decimal(str(hours))))
