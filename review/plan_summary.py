"""What a reviewer compares of two plans: money, fit, and who can reach what. Made in one checkout, read in another."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from catalogue.load import definitions
from planning.cost import Cost, costs
from planning.firewall import networks
from planning.fit import Fit, fits
from planning.origins import closed
from planning.placement import place
from planning.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Reach:
    """One endpoint. `networks` may reach it from inside; `names` maps its public names to who may use them."""

    name: str
    service: str
    host: str
    url: str
    networks: tuple[str, ...]
    names: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class PlanSummary:
    """`month_usd` is the budget of rented machines, None where none is set."""

    stack: str
    costs: tuple[Cost, ...]
    fits: tuple[Fit, ...]
    endpoints: tuple[Reach, ...]
    month_usd: float | None = None

    @property
    def public_names(self) -> frozenset[str]:
        """Names that anybody may use."""
        return frozenset(name for one in self.endpoints for name, access in one.names.items() if access == "public")

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
        name = endpoint["name"]
        yield Reach(
            name=name,
            service=endpoint["service"],
            host=endpoint["host"],
            url=endpoint["url"],
            networks=_networks(plan, name),
            names={route.hostname: route.access for route in plan.environment.routes if name in route.targets},
        )


def _networks(plan: Plan, name: str) -> tuple[str, ...]:
    """A service on this machine listens on loopback: networks are for provisioned hosts."""
    service = plan.environment.services.get(name)
    if service is None or plan.hosts[service.host].kind not in ("mac", "linux"):
        return ()
    return networks(plan, name, closed(plan))
