"""Steps as `pulumi preview --json` prints them, and plans to compare."""

from __future__ import annotations

import json
from typing import Any

from planning.cost import Cost
from planning.fit import Fit
from review.plan_summary import PlanSummary, Reach
from review.preview import Preview, read_preview

VOLUME = "docker:index/volume:Volume"
CONTAINER = "docker:index/container:Container"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:test::ai-platform::ai-platform:index:Parent${type_}::{name}"


def step(
    operation: str,
    type_: str,
    name: str,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """`old` and `new` are inputs; the names of those that differ are the paths of the change."""
    state = {"urn": urn(type_, name), "custom": True, "type": type_}
    kept = {key: more.pop(key) for key in ("retainOnDelete", "parent", "provider") if key in more}
    differing = sorted(key for key in {*(old or {}), *(new or {})} if (old or {}).get(key) != (new or {}).get(key))
    return {
        "op": operation,
        "urn": state["urn"],
        "oldState": None if old is None else {**state, **kept, "inputs": old},
        "newState": None if new is None else {**state, **kept, "inputs": new},
        "diffReasons": differing,
        **more,
    }


def document(*steps: dict[str, Any], **more: Any) -> str:
    return json.dumps({"steps": list(steps), "changeSummary": {"same": 7}, **more})


def preview(*steps: dict[str, Any], **more: Any) -> Preview:
    return read_preview(document(*steps, **more))


def reach(name: str = "web", **more: Any) -> Reach:
    base: dict[str, Any] = {
        "name": name, "service": name, "host": "brain", "url": f"http://10.0.0.1/{name}", "names": {},
        "networks": ("10.0.0.0/8",),
    }  # fmt: skip
    return Reach(**base | more)


def summary(*endpoints: Reach, hourly: float = 0.5, taken: float = 8, **more: Any) -> PlanSummary:
    """One host `brain` of 16 GB that runs 100 hours a month."""
    cost = Cost(host="brain", hourly=hourly, hours=100, monthly=hourly * 100, worst_month=hourly * 730)
    fit = Fit(host="brain", resource="memory", capacity=16, allocated=taken)
    return PlanSummary(stack="test", costs=(cost,), fits=(fit,), endpoints=endpoints, **more)
