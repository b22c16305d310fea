"""What a reviewer compares of two plans: money, fit, and who can reach what. Made in one checkout, read in another."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter

from catalogue.load import definitions
from planning.cost import Cost, costs
from planning.fit import Fit, fits
from planning.placement import place
from planning.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Reach:
    """One endpoint. `networks` may reach it from inside, `access` says who may by its public name."""

    name: str
    service: str
    host: str
    url: str
    route: str | None
    access: str
    networks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlanSummary:
    """`month_usd` is the budget of rented machines, None where none is set."""

    stack: str
    costs: tuple[Cost, ...]
    fits: tuple[Fit, ...]
    endpoints: tuple[Reach, ...]
    month_usd: float | None = None

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1)


def summary_of(plan: Plan) -> PlanSummary:
    """Nothing in it is secret."""
    environment = plan.environment
    placements, _ = place(environment, definitions(), frozenset())
    return PlanSummary(
        stack=plan.name,
        costs=tuple(costs(environment)),
        fits=tuple(fits(environment, placements)),
        endpoints=tuple(_reaches(plan)),
        month_usd=environment.budget.month_usd if environment.budget else None,
    )


def read_summary(text: str) -> PlanSummary:
    """Raises ValueError for what `PlanSummary.text` has not written."""
    found: PlanSummary = TypeAdapter(PlanSummary).validate_json(text)
    return found


def _reaches(plan: Plan) -> Iterable[Reach]:
    for endpoint in plan.endpoints:
        yield Reach(**_shown(endpoint), networks=_networks(plan, endpoint["name"]))


def _shown(endpoint: dict[str, Any]) -> dict[str, Any]:
    return {key: endpoint[key] for key in ("name", "service", "host", "url", "route", "access")}


def _networks(plan: Plan, name: str) -> tuple[str, ...]:
    """A service on this machine listens on loopback: networks are for provisioned hosts."""
    service = plan.environment.services.get(name)
    if service is None or plan.hosts[service.host].kind not in ("mac", "linux"):
        return ()
    own = service.allow_from
    return tuple(str(network) for network in (plan.environment.networks if own is None else own))
