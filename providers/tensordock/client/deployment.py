"""The order for a new virtual machine."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Size(BaseModel):
    """How large a machine is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vcpus: int
    ram_gb: int
    storage_gb: int
    gpu_model: str
    gpu_count: int


class Deployment(BaseModel):
    """All that `POST /instances` is told. Exactly one of the two places and one of the two keys is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    image: str
    size: Size
    location_id: str | None = None
    hostnode_id: str | None = None
    dedicated_ip: bool = True
    forwards: tuple[tuple[int, int], ...] = ()
    """(port inside, port asked for outside)"""
    ssh_key: str | None = Field(default=None, repr=False)
    ssh_key_id: str | None = None
    cloud_init: dict[str, Any] | None = Field(default=None, repr=False)

    def body(self) -> dict[str, Any]:
        """The JSON of the request."""
        attributes = {
            "name": self.name,
            "type": "virtualmachine",
            "image": self.image,
            "resources": {
                "vcpu_count": self.size.vcpus,
                "ram_gb": self.size.ram_gb,
                "storage_gb": self.size.storage_gb,
                "gpus": {self.size.gpu_model: {"count": self.size.gpu_count}} if self.size.gpu_count else {},
            },
            "location_id": self.location_id,
            "hostnode_id": self.hostnode_id,
            "useDedicatedIp": self.dedicated_ip,
            "port_forwards": [{"internal_port": inside, "external_port": out} for inside, out in self.forwards] or None,
            "ssh_key": self.ssh_key,
            "ssh_key_id": self.ssh_key_id,
            "cloud_init": self.cloud_init,
        }
        given = {name: value for name, value in attributes.items() if value is not None}
        return {"data": {"type": "virtualmachine", "attributes": given}}
