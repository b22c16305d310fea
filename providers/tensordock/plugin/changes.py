"""What a change of inputs means for an existing machine: nothing, a change in place, or another machine. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from providers.common.difference import Change, Kind, changes
from providers.tensordock.client.status import LOST
from providers.tensordock.plugin.fields import INSTANCE, READABLE

NEVER_LESS: Final = ("storageGb", "gpuCount")
"""The API does not shrink disks or take cards away; fewer of them need another machine."""


def instance_changes(state: Mapping[str, Any], inputs: Mapping[str, Any], ignored: Sequence[str] = ()) -> list[Change]:
    """Every difference. Of an imported machine only what the API tells is compared: nobody knows the rest."""
    fields = INSTANCE if state.get("image") else {name: INSTANCE[name] for name in READABLE}
    found = [_weighed(change, state, inputs) for change in changes(state, inputs, fields, ignored)]
    if state.get("status") in LOST:
        found.append(Change("status", Kind.UPDATE, replaces=True))
    if state.get("strays"):
        found.append(Change("strays", Kind.UPDATE, replaces=False))
    if state.get("gpuTaken") and inputs.get("running", True):
        found = [change for change in found if change.name != "running"]
        found.append(Change("running", Kind.UPDATE, replaces=True))
    return found


def _weighed(change: Change, state: Mapping[str, Any], inputs: Mapping[str, Any]) -> Change:
    old, new = state.get(change.name), inputs.get(change.name)
    numbers = isinstance(old, int | float) and isinstance(new, int | float)
    less = change.name in NEVER_LESS and numbers and new < old  # type: ignore[operator]
    return Change(change.path, change.kind, change.replaces or less)
