"""Everything that is wrong with inputs, at once. Pure; values that are not known yet are not judged."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from providers.common.schema import Failure
from providers.common.secrets import contains_unknown
from providers.tensordock.plugin.inputs import Inputs

SSH = 22


def failures(model: type[Inputs], inputs: Mapping[str, Any]) -> list[Failure]:
    """What does not fit the model: unknown, missing, of a wrong type or out of range."""
    known = {name: value for name, value in inputs.items() if not contains_unknown(value)}
    try:
        model.model_validate(known)
    except ValidationError as error:
        found = [(".".join(map(str, each["loc"])), each) for each in error.errors(include_url=False)]
        return [
            Failure(path, _reason(each["type"], each["msg"], each["input"]))
            for path, each in found
            if path not in inputs or path in known or each["type"] != "missing"
        ]
    return []


def _reason(kind: str, message: str, value: Any) -> str:
    words = {"missing": "is required", "extra_forbidden": "is not a property of this resource"}
    shown = f" (is {value!r})" if isinstance(value, int | float | bool) else ""
    return words.get(kind, message[:1].lower() + message[1:] + shown)


def creation_failures(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    """What is missing or contradictory for a new machine; an existing one may have been imported without it."""
    if not inputs.get("image"):
        yield Failure("image", "is required, e.g. ubuntu2404")
    if bool(inputs.get("sshKey")) == bool(inputs.get("sshKeyId")):
        yield Failure("sshKey", "exactly one of sshKey and sshKeyId is required")
    if inputs.get("hostnodeId") and inputs.get("locationIds"):
        yield Failure("hostnodeId", "stands at one location already: give either this or locationIds")
    forwards = inputs.get("portForwards") or []
    if contains_unknown(forwards) or inputs.get("dedicatedIp", True) is not False:
        return
    if not any(isinstance(each, Mapping) and each.get("internalPort") == SSH for each in forwards):
        yield Failure("portForwards", f"must contain port {SSH} where dedicatedIp is false: nobody could log in")
