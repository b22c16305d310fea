"""Public names: for each route a login or a limit, and only then a DNS record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.cloudflare_sdk import cloudflare
from planning.plan import Plan
from settings.route import Edge, Route


@dataclass(frozen=True, kw_only=True)
class PublicNamesArgs:
    """`keys`: identifiers of the service tokens by the names of the settings."""

    plan: Plan
    tunnel_id: pulumi.Input[str]
    keys: Mapping[str, pulumi.Input[str]]


class PublicNames(pulumi.ComponentResource):
    """Access applications and policies at once, proxied records when `open` is called. Fail-closed in this order.

    A private name gets a login for named people, a shared one for keys too, unless Authelia asks behind the tunnel.
    """

    logins: Mapping[str, cloudflare.ZeroTrustAccessApplication]
    """By host name."""

    def __init__(self, name: str, args: PublicNamesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:PublicNames", name, None, opts)
        edge = args.plan.environment.edge
        if edge is None:
            raise ValueError("public names need the settings' `edge`")
        self._name, self._args, self._edge = name, args, edge
        self.logins = {
            route.hostname: self._login(f"{name}-{route.hostname}", route)
            for route in args.plan.environment.outside
            if route.asks_access
        }

    def open(self, after: Sequence[pulumi.Resource]) -> None:
        """Makes the records. `after` holds what must serve and protect before a name may lead to it."""
        for route in self._args.plan.environment.outside:
            login = self.logins.get(route.hostname)
            cloudflare.DnsRecord(
                f"{self._name}-{route.hostname}-record",
                zone_id=self._edge.zone_id,
                name=route.hostname,
                type="CNAME",
                content=pulumi.Output.concat(self._args.tunnel_id, ".cfargotunnel.com"),
                proxied=True,
                ttl=1,  # the only value that Cloudflare takes for a proxied record
                comment=mark(self._args.plan),
                opts=ResourceOptions(parent=self, depends_on=[*([login] if login else []), *after]),
            )
        self.register_outputs({})

    def _login(self, name: str, route: Route) -> cloudflare.ZeroTrustAccessApplication:
        policies = [
            *self._policy(f"{name}-policy", f"people of {route.hostname}", "allow", people(route, self._edge)),
            *self._policy(f"{name}-keys", f"keys of {route.hostname}", "non_identity", self._keys(route)),
        ]
        return cloudflare.ZeroTrustAccessApplication(
            f"{name}-login",
            account_id=self._edge.account_id,
            name=f"{route.hostname} ({mark(self._args.plan)})",
            domain=route.hostname,
            type="self_hosted",
            session_duration="24h",
            # A program is told 401, not sent to a page that asks for a mail address.
            service_auth401_redirect=True if route.keys else None,
            policies=[
                cloudflare.ZeroTrustAccessApplicationPolicyArgs(id=policy.id, precedence=number)
                for number, policy in enumerate(policies, 1)
            ],
            opts=ResourceOptions(parent=self),
        )

    def _policy(
        self, name: str, told: str, decision: str, includes: list[cloudflare.ZeroTrustAccessPolicyIncludeArgs]
    ) -> list[cloudflare.ZeroTrustAccessPolicy]:
        if not includes:
            return []
        policy = cloudflare.ZeroTrustAccessPolicy(
            name,
            account_id=self._edge.account_id,
            name=f"{told} ({mark(self._args.plan)})",
            decision=decision,
            includes=includes,
            session_duration="24h",
            opts=ResourceOptions(parent=self),
        )
        return [policy]

    def _keys(self, route: Route) -> list[cloudflare.ZeroTrustAccessPolicyIncludeArgs]:
        return [
            cloudflare.ZeroTrustAccessPolicyIncludeArgs(
                service_token=cloudflare.ZeroTrustAccessPolicyIncludeServiceTokenArgs(token_id=self._args.keys[key])
            )
            for key in route.keys
        ]


def mark(plan: Plan) -> str:
    """By what a person, and operations/edge/found.py, tells things of this environment in the account."""
    return f"ai-platform-{plan.name}"


def people(route: Route, edge: Edge) -> list[cloudflare.ZeroTrustAccessPolicyIncludeArgs]:
    """Whom a name admits: its own people, else those of the whole edge."""
    emails, domain = route.emails, route.email_domain
    if not (emails or domain):
        emails, domain = edge.emails, edge.email_domain
    admitted = [
        cloudflare.ZeroTrustAccessPolicyIncludeArgs(
            email=cloudflare.ZeroTrustAccessPolicyIncludeEmailArgs(email=address)
        )
        for address in emails
    ]
    if domain:
        whole = cloudflare.ZeroTrustAccessPolicyIncludeEmailDomainArgs(domain=domain)
        admitted.append(cloudflare.ZeroTrustAccessPolicyIncludeArgs(email_domain=whole))
    return admitted
