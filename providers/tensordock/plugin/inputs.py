"""What a program can say about an `Instance` or an `SshKey`: the single source of checks, differences and schema."""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from providers.tensordock.client.deployment import Size
from providers.tensordock.client.money import to_micros

REPLACES: Final[dict[str, Any]] = {"replaces": True}
"""Marks what the API cannot change in an existing machine."""

SECRET: Final[dict[str, Any]] = {"replaces": True, "secret": True}

Port = Annotated[int, Field(ge=1, le=65535)]


class Inputs(BaseModel):
    """Properties are camelCase for Pulumi, as in every provider."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class PortForward(Inputs):
    """A port that is to be reached from outside. The outer port that is really given stands in `ports`."""

    internal_port: Port = Field(description="Port of the machine.")
    external_port: Port = Field(description="Port asked for outside; the service may give another one.")


class WriteFile(Inputs):
    """A file that cloud-init writes before any command runs."""

    path: str = Field(min_length=1, description="Absolute path.")
    content: str = Field(description="Its text.")
    owner: str = Field(default="root:root", description="User and group.")
    permissions: str = Field(default="0644", description="Octal mode.")


class CloudInit(Inputs):
    """What the machine does at its first boot."""

    packages: list[str] = Field(default_factory=list, description="Packages to install.")
    package_update: bool = Field(default=False, description="Fetch the package lists first.")
    package_upgrade: bool = Field(default=False, description="Upgrade what is installed.")
    runcmd: list[str] = Field(default_factory=list, description="Commands, in order, after files are written.")
    write_files: list[WriteFile] = Field(default_factory=list, description="Files.")


class InstanceInputs(Inputs):
    """A machine with GPUs by the hour: what it is, where it may stand, what it may cost, whether it runs."""

    image: str = Field(default="", description="Image, e.g. ubuntu2404.", json_schema_extra=REPLACES)
    gpu_model: str = Field(min_length=1, description="v0Name of the card.", json_schema_extra=REPLACES)
    gpu_count: int = Field(default=1, ge=1, le=8, description="Cards; fewer than before replaces the machine.")
    vcpu_count: int = Field(ge=2, le=256, multiple_of=2, description="Virtual processors.")
    ram_gb: int = Field(ge=2, le=2048, description="Memory, GB.")
    storage_gb: int = Field(ge=100, le=100_000, description="Disk, GB; less than before replaces the machine.")
    running: bool = Field(default=True, description="Whether it runs; a stopped machine still costs its disk.")
    max_hourly_price: Decimal = Field(
        gt=0, le=1_000_000, description="Never pay more, USD an hour, for the machine running."
    )
    location_ids: list[str] = Field(default_factory=list, description="Only these locations; empty allows all.")
    minimum_tier: int = Field(default=0, ge=0, le=4, description="0: private homes, 4: the best data centres.")
    prefer: Literal["price", "tier"] = Field(default="price", description="What decides between two locations.")
    attempts: int = Field(default=5, ge=1, le=20, description="Locations that are tried, one after the other.")
    hostnode_id: str = Field(default="", description="This host only.", json_schema_extra=REPLACES)
    dedicated_ip: bool = Field(default=True, description="An address of its own.", json_schema_extra=REPLACES)
    port_forwards: list[PortForward] = Field(
        default_factory=list, description="Ports to forward.", json_schema_extra=REPLACES
    )
    ssh_key: str = Field(default="", description="Public key to log in with.", json_schema_extra=REPLACES)
    ssh_key_id: str = Field(default="", description="Id of a stored key instead.", json_schema_extra=REPLACES)
    cloud_init: CloudInit | None = Field(default=None, description="First boot.", json_schema_extra=SECRET)
    ready_timeout_seconds: int = Field(
        default=600, ge=10, le=3600, description="How long a location gets to bring it up before the next one is tried."
    )
    wait_for_ssh: bool = Field(default=True, description="It is ready when its SSH server answers.")

    @property
    def cap(self) -> int:
        """The highest price, micro-dollars an hour."""
        return to_micros(self.max_hourly_price)

    @property
    def size(self) -> Size:
        """What can be changed while it is stopped."""
        return Size(
            vcpus=self.vcpu_count, ram_gb=self.ram_gb, storage_gb=self.storage_gb,
            gpu_model=self.gpu_model, gpu_count=self.gpu_count,
        )  # fmt: skip


class SshKeyInputs(Inputs):
    """A public key in the account. The API cannot change one: every change replaces it."""

    public_key: str = Field(
        pattern=r"^(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]+",
        description="As in id_ed25519.pub.",
        json_schema_extra=REPLACES,
    )
