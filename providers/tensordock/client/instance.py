"""A virtual machine as the API reports it, in whichever of its shapes."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)  # fmt: skip

from providers.tensordock.client.errors import Doubtful
from providers.tensordock.client.money import to_micros
from providers.tensordock.client.status import Status

DEEPEST: Final = 4
"""`data` and `attributes` within each other: the API's own answers have two of them."""


def told_or(default: Any) -> WrapValidator:
    """What is told in a form that nobody has met is not told: one odd machine must not hide all the others."""

    def told(value: Any, validated: ValidatorFunctionWrapHandler) -> Any:
        try:
            return validated(value)
        except ValidationError:
            return default

    return WrapValidator(told)


class Reported(BaseModel):
    """What the API tells: unknown keys are ignored, since it adds and drops them."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, coerce_numbers_to_str=True)


class Forward(Reported):
    """A port of the machine that is reached through another one."""

    internal_port: int = Field(validation_alias=AliasChoices("internal_port", "internalPort"))
    external_port: int = Field(validation_alias=AliasChoices("external_port", "externalPort"))


class Cards(Reported):
    """Graphics cards of one kind in a machine."""

    count: int = 1
    model: str = Field(default="", validation_alias=AliasChoices("v0Name", "gpuV0Name"))


class Resources(Reported):
    """Size of a machine."""

    vcpu_count: int | None = Field(default=None, validation_alias=AliasChoices("vcpu_count", "cpuCores"))
    ram_gb: int | None = Field(default=None, validation_alias=AliasChoices("ram_gb", "ramGb"))
    storage_gb: int | None = Field(default=None, validation_alias=AliasChoices("storage_gb", "diskGb"))
    gpus: Annotated[dict[str, Cards], told_or({})] = Field(default_factory=dict)


class Instance(Reported):
    """One virtual machine. What the API leaves out, as its lists do, is empty or None."""

    id: str = Field(min_length=1)
    name: str = ""
    status: Annotated[Status, BeforeValidator(lambda word: Status.of(str(word)))] = Status.UNKNOWN
    ip_address: Annotated[str | None, told_or(None)] = Field(
        default=None, validation_alias=AliasChoices("ipAddress", "ip_address")
    )
    forwards: Annotated[tuple[Forward, ...], told_or(())] = Field(
        default=(), validation_alias=AliasChoices("portForwards", "port_forwards", "forwards")
    )
    resources: Annotated[Resources, told_or(Resources())] = Resources()
    hourly: Annotated[
        int | None, BeforeValidator(lambda rate: None if rate is None else to_micros(rate)), told_or(None)
    ] = Field(default=None, validation_alias=AliasChoices("rateHourly", "rate_hourly", "hourly"))
    """Micro-dollars an hour at present; None where the API did not say."""

    def port(self, internal: int) -> int:
        """Where the machine's port is reached from outside."""
        return next((each.external_port for each in self.forwards if each.internal_port == internal), internal)


def flat(raw: Any, deep: int = DEEPEST) -> dict[str, Any]:
    """The object with what is under `data` and `attributes` lifted to its top; empty for anything else."""
    if not (isinstance(raw, Mapping) and deep):
        return {}
    inner = {key: raw[key] for key in ("data", "attributes") if isinstance(raw.get(key), Mapping)}
    lifted = {key: value for key, value in raw.items() if key not in inner and value is not None}
    for value in inner.values():
        lifted |= flat(value, deep - 1)
    return lifted


def instance(raw: Any, said: str) -> Instance:
    """The machine that an answer describes. Raises Doubtful where it describes none; `said` names the call."""
    try:
        return Instance.model_validate(flat(raw))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise Doubtful(f"{said}: the answer describes no virtual machine ({wrong})") from None
