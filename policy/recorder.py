"""Gathers what the engine shows a policy pack one by one: rules over all resources see inputs then, not outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from policy.resource import Resource
from policy.rules import violations
from policy.values import UNKNOWN
from policy.violation import Allowed, Rule, Violation

ANY_UNKNOWN = sorted(UNKNOWN)[0]


class Shown(Protocol):
    """The part of `pulumi_policy.ResourceValidationArgs` that is read."""

    resource_type: str
    props: Mapping[str, Any]
    urn: str
    name: str
    opts: Any
    provider: Any


class Recorder:
    """All resources of one preview or update, in the order of the engine; a resource shown again takes its place."""

    def __init__(self) -> None:
        self._resources: dict[str, Resource] = {}

    def record(self, shown: Shown) -> None:
        """The engine shows secrets in plain here, and does not tell whether a resource outlives its stack."""
        self._resources[shown.urn] = Resource(
            type=shown.resource_type,
            name=shown.name,
            properties=_plain(shown.props),
            urn=shown.urn,
            parent=getattr(shown.opts, "parent", None) or "",
            provider=shown.provider.urn if shown.provider else "",
            protected=bool(shown.opts.protect),
            secrets_shown=True,
        )

    def violations(self, rule: Rule, settings: Mapping[str, Any]) -> list[Violation]:
        """Of one rule. `settings` are the pack's own: `ports` open to everyone, `names` without a login."""
        allowed = Allowed(
            ports=frozenset(int(port) for port in settings.get("ports") or ()),
            names=frozenset(str(name) for name in settings.get("names") or ()),
        )
        return violations(list(self._resources.values()), allowed, [rule])


def _plain(value: Any) -> Any:
    """Without the pack's own wrappers, which raise at the sight of a value that is not known yet."""
    if hasattr(value, "items"):
        return {str(key): _known(value, key) for key in value}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return value
    return [_known(value, index) for index in range(len(value))]


def _known(container: Any, key: Any) -> Any:
    try:
        return _plain(container[key])
    except Exception as error:  # the class is not public
        if "nknown" in type(error).__name__:
            return ANY_UNKNOWN
        raise
