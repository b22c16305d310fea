"""Applications of the account: which one guards an address, and whom its policies let in."""

import datetime
import hmac

from simulators.cloudflare import access
from simulators.cloudflare.account import Account, Document
from simulators.cloudflare.edge.duration import seconds
from simulators.cloudflare.edge.selector import Visitor, meant

WITHOUT_LOGIN = ("bypass", "non_identity")


def guarding(account: Account, host: str, path: str = "/") -> Document | None:
    """The application with the longest domain that fits."""
    fitting = [one for one in account.all(access.APPLICATIONS) if _fits(str(one["domain"]), host, path)]
    return max(fitting, key=lambda one: len(one["domain"]), default=None)


def _fits(domain: str, host: str, path: str) -> bool:
    name, _, below = domain.partition("/")
    return name == host and f"{path}/".startswith(f"/{below}".rstrip("/") + "/")


def admitting(account: Account, application: Document, visitor: Visitor) -> Document | None:
    """The policy that lets the visitor in. Those without a login come first, then the others in their order."""
    order = sorted(application["policies"], key=lambda one: one["precedence"])
    policies = [account.one(access.POLICIES, one["id"]) for one in order]
    for policy in policies:
        if policy["decision"] in WITHOUT_LOGIN and meant(policy, visitor):
            return policy
    for policy in policies:
        if policy["decision"] in ("allow", "deny") and visitor.email and meant(policy, visitor):
            return policy if policy["decision"] == "allow" else None
    return None


def session_seconds(application: Document, policy: Document) -> float:
    """A policy's own duration comes before that of its application."""
    return seconds(str(policy.get("session_duration") or application["session_duration"]))


def key_of(account: Account, client: str, secret: str) -> str | None:
    """The identifier of the service token that these belong to: in force, in time, the secret the present one or, as
    long as it is kept, the one before."""
    now = datetime.datetime.now(datetime.UTC)
    for token in account.all(access.TOKENS):
        if token["client_id"] != client or not token.get("enabled", True):
            continue
        if datetime.datetime.fromisoformat(token["expires_at"]) <= now:
            continue
        valid = [account.secrets[token["id"]]]
        before, until = account.previous_secrets.get(token["id"], ("", ""))
        if before and datetime.datetime.fromisoformat(until) > now:
            valid.append(before)
        if any(hmac.compare_digest(one.encode(), secret.encode()) for one in valid):
            return str(token["id"])
    return None
