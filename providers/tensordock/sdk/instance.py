"""A machine with GPUs by the hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi

from providers.common.spelling import Spelled, plain
from providers.tensordock.sdk.cloud_init import CloudInit
from providers.tensordock.sdk.options import deleted_first

NO_INPUTS = frozenset({"self", "resource_name", "opts", "__class__"})
OUTPUTS = dict.fromkeys(
    ("name", "instance_id", "status", "ip_address", "ssh_port", "ports", "location_id", "hourly_micro_usd", "gpu_taken",
     "ready", "strays")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PortForward:
    """A port that is to be reached from outside; the service may give another outer port than the one asked for."""

    internal_port: int
    external_port: int


class Instance(Spelled):
    """One virtual machine, at the first of the allowed locations that takes it for at most `max_hourly_price`.

    `running=False` stops it, which still costs its disk. Size grows in place, with a restart. Everything else that
    makes a machine what it is replaces it, and so does a start that is refused because the card was taken; its disk is
    lost then. Tie what stands on the machine to `instance_id`: the resource's own id is the machine's name.
    """

    name: pulumi.Output[str]
    """Its name in the account, derived from the resource."""
    instance_id: pulumi.Output[str]
    status: pulumi.Output[str]
    running: pulumi.Output[bool]
    ip_address: pulumi.Output[str | None]
    ssh_port: pulumi.Output[int]
    ports: pulumi.Output[dict[str, int]]
    """Inner port -> outer port, as given by the service."""
    location_id: pulumi.Output[str | None]
    hourly_micro_usd: pulumi.Output[int]
    """Price at present, millionths of a dollar an hour."""

    def __init__(  # noqa: PLR0913 - one argument per input, as in every Pulumi resource
        self,
        resource_name: str,
        *,
        image: pulumi.Input[str],
        gpu_model: pulumi.Input[str],
        vcpu_count: pulumi.Input[int],
        ram_gb: pulumi.Input[int],
        storage_gb: pulumi.Input[int],
        max_hourly_price: pulumi.Input[float],
        gpu_count: pulumi.Input[int] | None = None,
        running: pulumi.Input[bool] | None = None,
        ssh_key: pulumi.Input[str] | None = None,
        ssh_key_id: pulumi.Input[str] | None = None,
        location_ids: Sequence[str] | None = None,
        minimum_tier: int | None = None,
        prefer: Literal["price", "tier"] | None = None,
        attempts: int | None = None,
        hostnode_id: str | None = None,
        dedicated_ip: bool | None = None,
        port_forwards: Sequence[PortForward] | None = None,
        cloud_init: CloudInit | None = None,
        ready_timeout_seconds: int | None = None,
        wait_for_ssh: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: plain(value) for name, value in locals().items() if name not in NO_INPUTS and value is not None}
        if cloud_init is not None:
            given["cloud_init"] = pulumi.Output.secret(given["cloud_init"])
        super().__init__("tensordock:index:Instance", resource_name, {**OUTPUTS, **given}, deleted_first(opts))
