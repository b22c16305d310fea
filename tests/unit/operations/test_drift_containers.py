"""Whether an update has to refresh, told from one look at an engine."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from catalogue.definition import LIVE_LABEL
from operations.drift.containers import Condition, condition, recorded

PROVIDER = "urn:pulumi:prod::ai-platform::pulumi:providers:docker::docker-{host}::id"


def resource(kind: str, identifier: str, host: str = "mac", **inputs: Any) -> dict[str, Any]:
    token = f"docker:index/{kind.lower()}:{kind}"
    return {"type": token, "id": identifier, "provider": PROVIDER.format(host=host), "inputs": inputs}


STATE = [
    resource("Container", "c1", name="web", memory=256, restart="unless-stopped", networksAdvanced=[{"name": "net"}]),
    resource("Container", "c2", host="mac-two", name="other"),
    resource("Network", "n1", name="net"),
    resource("Volume", "v1", name="v1"),
    resource("Volume", "web-live", name="web-live", labels=[{"label": LIVE_LABEL, "value": "yes"}]),
    {"type": "pulumi:pulumi:Stack", "urn": "stack"},
]
CONTAINER = {
    "Id": "c1",
    "Name": "/web",
    "State": {"Status": "running"},
    "HostConfig": {"Memory": 256 << 20, "RestartPolicy": {"Name": "unless-stopped"}},
    "NetworkSettings": {"Networks": {"net": {}, "another": {}}},
}
AS_DECLARED = [CONTAINER, {"Id": "n1", "Name": "net"}, {"Name": "v1", "Mountpoint": "/v1"}]
Change = Callable[[list[Any]], Any]


def test_only_what_stands_on_the_host_is_looked_at() -> None:
    assert recorded(STATE, "mac").identifiers == ["c1", "n1", "v1"]


@pytest.mark.parametrize(
    ("change", "stopped", "edited", "lost"),
    [
        (lambda found: None, {}, (), ()),
        (lambda found: found[0]["State"].update(Status="exited"), {"c1": "web"}, (), ()),
        (lambda found: found[0]["State"].update(Status="restarting"), {}, (), ()),
        (lambda found: found[0]["HostConfig"].update(Memory=300 << 20), {}, ("web",), ()),
        (lambda found: found[0]["HostConfig"]["RestartPolicy"].update(Name="no"), {}, ("web",), ()),
        (lambda found: found[0]["NetworkSettings"]["Networks"].pop("net"), {}, ("web",), ()),
        (lambda found: found.pop(0), {}, ("web",), ()),
        (lambda found: found.pop(1), {}, ("network n1",), ()),
        (lambda found: found.pop(2), {}, (), ("v1",)),
    ],
)
def test_what_has_become_of_it_decides_what_is_done(
    change: Change, stopped: dict[str, str], edited: tuple[str, ...], lost: tuple[str, ...]
) -> None:
    found: list[Any] = copy.deepcopy(AS_DECLARED)
    change(found)
    told = condition(recorded(STATE, "mac"), found)
    assert (told.stopped, told.edited, tuple(one["id"] for one in told.lost)) == (stopped, edited, lost)
    assert isinstance(told, Condition)
