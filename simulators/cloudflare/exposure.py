"""What somebody without a login reaches: the question that every change is held against. Pure."""

from typing import Literal

from simulators.cloudflare import access, records, rulesets, tunnels
from simulators.cloudflare.account import Account, Document

Protection = Literal["login", "limit", "none"]
TUNNELS = ".cfargotunnel.com"


def exposures(account: Account) -> dict[str, Protection]:
    """Every name that resolves and leads to a service, and what stands before it."""
    return {record["name"]: _protection(account, record["name"]) for record in account.all(records.KIND)
            if _leads_somewhere(account, record)}  # fmt: skip


def _leads_somewhere(account: Account, record: Document) -> bool:
    content = str(record["content"])
    if record["type"] != "CNAME" or not content.endswith(TUNNELS):
        return record["type"] in records.ADDRESSES
    identifier = content.removesuffix(TUNNELS)
    if identifier not in account.kinds.get(tunnels.KIND, {}):
        return False
    rules = account.configurations.get(identifier, {"config": {"ingress": []}})["config"]["ingress"]
    return any(
        rule.get("hostname") == record["name"] and not rule["service"].startswith("http_status:") for rule in rules
    )


def _protection(account: Account, name: str) -> Protection:
    for application in account.all(access.APPLICATIONS):
        decisions = {account.one(access.POLICIES, one["id"])["decision"] for one in application["policies"]}
        if application.get("domain") == name and decisions and "bypass" not in decisions:
            return "login"
    for ruleset in account.all(rulesets.KIND):
        limited = [rule for rule in ruleset["rules"] if rule.get("ratelimit") and rule.get("enabled", True)]
        if any(f'"{name}"' in rule["expression"] for rule in limited):
            return "limit"
    return "none"
