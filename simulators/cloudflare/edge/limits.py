"""What the zone's rulesets say to a request: refused, or too many from its address."""

import math
from dataclasses import dataclass, field

from simulators.cloudflare import rulesets
from simulators.cloudflare.account import Account, Document
from simulators.cloudflare.edge.expression import Request, parse

REFUSING, LIMITING = "http_request_firewall_custom", "http_ratelimit"


@dataclass
class Counter:
    """Requests of one address since `began` (seconds); refused until `blocked`."""

    began: float
    requests: int = 0
    blocked: float = 0


@dataclass
class Limits:
    """Counters by rule and address. A rule that changed starts anew."""

    counters: dict[tuple[str, str, str], Counter] = field(default_factory=dict)

    def wait(self, account: Account, request: Request, now: float) -> int | None:
        """Seconds that the address has to wait, by the first rule that holds it back; counts the request."""
        for rule in _rules(account, LIMITING, request):
            waits = self._count(rule, request["ip.src"], now)
            if waits is not None:
                return waits
        return None

    def _count(self, rule: Document, address: str, now: float) -> int | None:
        limit = rule["ratelimit"]
        key = (rule["id"], f"{rule['expression']}{sorted(limit.items(), key=str)}", address)
        counter = self.counters.setdefault(key, Counter(now))
        if now < counter.blocked:
            return math.ceil(counter.blocked - now)
        if now >= counter.began + limit["period"] or counter.blocked:
            counter.began, counter.requests, counter.blocked = now, 0, 0
        counter.requests += 1
        if counter.requests <= limit["requests_per_period"]:
            return None
        counter.blocked = now + (limit.get("mitigation_timeout") or limit["period"])
        return math.ceil(counter.blocked - now)


def refused(account: Account, request: Request) -> bool:
    """Whether a custom rule blocks it."""
    return any(True for _ in _rules(account, REFUSING, request))


def _rules(account: Account, phase: str, request: Request) -> list[Document]:
    return [
        rule
        for ruleset in account.all(rulesets.KIND)
        if ruleset["phase"] == phase
        for rule in ruleset["rules"]
        if rule.get("enabled", True) and parse(rule["expression"])(request)
    ]
