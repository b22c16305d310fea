"""What names that anybody may use are held to: a rate limit, and the methods and paths that they take."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi import ResourceOptions

from components.cloudflare_sdk import cloudflare
from planning.plan import Plan
from planning.public_access import limits, refusals

# By the address that asks; the data centre has to be among them.
CHARACTERISTICS = ["cf.colo.id", "ip.src"]


class PublicLimits(pulumi.ComponentResource):
    """Owns the zone's two rulesets of these phases. A zone has one of each, so one environment a zone can have these.

    `after`: the logins and the routing. A name that becomes private has its login, and one that goes leads nowhere any
    more, before its limit is lifted.
    """

    def __init__(
        self, name: str, plan: Plan, after: Sequence[pulumi.Resource], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("ai-platform:index:PublicLimits", name, None, opts)
        edge = plan.environment.edge
        if edge is None:
            raise ValueError("public names need the settings' `edge`")
        self._zone, self._plan, self._after = edge.zone_id, plan.name, after
        self._ruleset(f"{name}-rate", "http_ratelimit", [
            cloudflare.RulesetRuleArgs(
                ref=one.name, description=f"rate limit of {one.name}", action="block", expression=one.expression,
                enabled=True,
                ratelimit=cloudflare.RulesetRuleRatelimitArgs(
                    characteristics=CHARACTERISTICS, period=one.period, requests_per_period=one.requests,
                    mitigation_timeout=one.period,
                ),
            )
            for one in limits(plan.environment)
        ])  # fmt: skip
        self._ruleset(f"{name}-allowed", "http_request_firewall_custom", [
            cloudflare.RulesetRuleArgs(
                ref=one.name, description=f"methods and paths of {one.name}", action="block",
                expression=one.expression, enabled=True,
            )
            for one in refusals(plan.environment)
        ])  # fmt: skip
        self.register_outputs({})

    def _ruleset(self, name: str, phase: str, rules: list[cloudflare.RulesetRuleArgs]) -> None:
        cloudflare.Ruleset(
            name,
            zone_id=self._zone,
            kind="zone",
            phase=phase,
            name=f"ai-platform-{self._plan}",
            description=f"Public names of {self._plan}",
            rules=rules,
            opts=ResourceOptions(parent=self, depends_on=[*self._after]),
        )
