"""The order for a machine at one place. Pure."""

from typing import Any

from providers.tensordock.client.deployment import Deployment
from providers.tensordock.plugin.inputs import CloudInit, InstanceInputs
from providers.tensordock.plugin.offers import Offer


def deployment(wanted: InstanceInputs, name: str, offer: Offer) -> Deployment:
    """What the API is told."""
    return Deployment(
        name=name,
        image=wanted.image,
        size=wanted.size,
        location_id=offer.location_id,
        hostnode_id=offer.hostnode_id,
        dedicated_ip=wanted.dedicated_ip,
        forwards=tuple((each.internal_port, each.external_port) for each in wanted.port_forwards),
        ssh_key=wanted.ssh_key or None,
        ssh_key_id=wanted.ssh_key_id or None,
        cloud_init=_cloud_init(wanted.cloud_init) if wanted.cloud_init else None,
    )


def _cloud_init(given: CloudInit) -> dict[str, Any]:
    """cloud-init's own spelling, which is the one of the API; what says nothing is left out."""
    return {key: value for key, value in given.model_dump(by_alias=False).items() if value}
