"""Rate limits and refusals: one ruleset for each phase of the zone."""

import uuid

from simulators.cloudflare.account import Account, Document, now
from simulators.cloudflare.edge.expression import NotUnderstood, parse
from simulators.cloudflare.refusal import invalid

KIND = "rulesets"
ONE_A_PHASE = 20217
PERIODS = frozenset({10, 60, 120, 300, 600, 3600})


def put(account: Account, body: Document, identifier: str | None) -> Document:
    """Rules keep their identifiers by `ref`."""
    phase = body.get("phase") or account.one(KIND, identifier or "")["phase"]
    if any(other["phase"] == phase for other in account.others(KIND, identifier)):
        raise invalid(f"exceeded maximum number of zone rulesets for phase {phase!r}: 1", ONE_A_PHASE)
    before: Document = account.one(KIND, identifier) if identifier else {"rules": [], "version": "0"}
    known = {rule.get("ref"): rule["id"] for rule in before["rules"]}
    rules = [{**rule, "id": known.get(rule.get("ref")) or uuid.uuid4().hex} for rule in body.get("rules") or []]
    for rule in rules:
        _check(rule)
    document = {**body, "rules": rules, "version": str(int(before["version"]) + 1), "last_updated": now()}
    if identifier is None:
        return account.add(KIND, document)
    account.one(KIND, identifier).update(document)
    return account.one(KIND, identifier)


def _check(rule: Document) -> None:
    if not rule.get("expression"):
        raise invalid("'expression' must not be empty")
    try:
        parse(rule["expression"])
    except NotUnderstood as error:
        raise invalid(f"the simulator cannot follow the expression {rule['expression']!r}: {error}") from None
    if rule.get("action") != "block":
        raise invalid(f"the simulator knows the action 'block' alone, not {rule.get('action')!r}")
    limit = rule.get("ratelimit")
    if limit is None:
        return
    if "cf.colo.id" not in limit.get("characteristics", []):
        raise invalid("'cf.colo.id' must be among the characteristics of a rate limit")
    if limit.get("period") not in PERIODS:
        raise invalid(f"not a period of a rate limit: {limit.get('period')}")
