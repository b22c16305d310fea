"""What is wrong with the inputs of a container that fit its schema. Pure; values may be unknown yet."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from providers.common.schema import Failure
from providers.common.values import Properties
from simulators.plugins.docker.durations import nanoseconds
from simulators.plugins.docker.uploads import upload_failures

_PATTERNS = {
    "restart": (re.compile("no|on-failure|always|unless-stopped"), "one of no, on-failure, always, unless-stopped"),
    "cpus": (re.compile(r"\d+(\.\d+)?"), "a number of processors like 1.5"),
    "gpus": (re.compile(r"all|\d+|device=[^,]+(,[^,]+)*"), "all, a number, or device=<id>[,<id>...]"),
    "cpuSet": (re.compile(r"\d+([,-]\d+)*"), "a list of processors like 0-1 or 0,2"),
}
_DURATIONS = ("interval", "timeout", "startPeriod", "startInterval")


def container_failures(inputs: Properties) -> Iterator[Failure]:
    """Every value that the engine would refuse, or that this plugin cannot pass on."""
    for name, (pattern, meaning) in _PATTERNS.items():
        value = inputs.get(name)
        if isinstance(value, str) and not pattern.fullmatch(value):
            yield Failure(name, f"{value!r} is not {meaning}")
    if isinstance(command := inputs.get("command"), list) and "" in command:
        yield Failure("command", "values for command may not be empty")
    if isinstance(check := inputs.get("healthcheck"), dict):
        yield from _duration_failures(check)
    yield from upload_failures(_objects(inputs.get("uploads")))
    for position, network in enumerate(_objects(inputs.get("networksAdvanced"))):
        if network.get("gwPriority"):
            yield Failure(f"networksAdvanced[{position}].gwPriority", "is not supported by this stand-in")


def _objects(value: Any) -> list[Properties]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _duration_failures(check: Mapping[str, Any]) -> Iterator[Failure]:
    for name in _DURATIONS:
        if isinstance(check.get(name), str):
            try:
                nanoseconds(check[name])
            except ValueError as error:
                yield Failure(f"healthcheck.{name}", str(error))
