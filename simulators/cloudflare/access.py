"""Logins: applications, policies and service tokens."""

import datetime
import secrets
import uuid

from simulators.cloudflare.account import Account, Document
from simulators.cloudflare.edge.duration import seconds
from simulators.cloudflare.edge.selector import SELECTORS, Visitor, meant
from simulators.cloudflare.refusal import UNRECORDED, Refusal, invalid

APPLICATIONS, POLICIES, TOKENS = "access/apps", "access/policies", "access/service_tokens"
DECISIONS = frozenset({"allow", "deny", "non_identity", "bypass"})
BAD_REQUEST = 12130


def put_application(account: Account, body: Document, identifier: str | None) -> Document:
    """Its domain lies in the zone, no other application has it, and its policies exist."""
    if not isinstance(body.get("type"), str):
        raise invalid("access.api.error.invalid_request: type is missing", BAD_REQUEST)
    domain = str(body.get("domain") or "")
    host = domain.partition("/")[0]
    if body.get("type") == "self_hosted" and not f".{host}".endswith(f".{account.zone_name}"):
        raise invalid("access.api.error.invalid_request: domain does not belong to zone", BAD_REQUEST)
    if any(other.get("domain") == domain for other in account.others(APPLICATIONS, identifier)):
        raise Refusal(409, UNRECORDED, "access.api.error.application_already_exists")
    policies = body.get("policies") or []
    order = [policy.get("precedence") for policy in policies]
    if any(not isinstance(place, int) or place < 1 for place in order) or len(set(order)) < len(order):
        raise invalid("access.api.error.invalid_request: precedence must be unique and at least 1", BAD_REQUEST)
    for policy in policies:
        account.one(POLICIES, policy["id"])
    document = {"session_duration": "24h", **body, "policies": policies}
    _seconds(document["session_duration"])
    if identifier is None:
        return account.add(APPLICATIONS, {**document, "aud": secrets.token_hex(32)})
    account.one(APPLICATIONS, identifier).update(document)
    return account.one(APPLICATIONS, identifier)


def put_policy(account: Account, body: Document, identifier: str | None) -> Document:
    """At least one rule includes somebody; every rule has one key."""
    if body.get("decision") not in DECISIONS:
        raise invalid(f"access.api.error.invalid_request: decision {body.get('decision')!r}", BAD_REQUEST)
    if not body.get("include"):
        raise invalid("access.api.error.invalid_request: include must not be empty", BAD_REQUEST)
    for part in ("include", "exclude", "require"):
        for rule in body.get(part) or []:
            if len(rule) != 1:
                raise invalid(f"access.api.error.invalid_request: {part} rules have one key", BAD_REQUEST)
            if "service_token" in rule:
                account.one(TOKENS, rule["service_token"]["token_id"])
            if not rule.keys() <= SELECTORS.keys():
                raise invalid(f"the simulator does not know the selector {next(iter(rule))!r}", BAD_REQUEST)
    document = {"exclude": [], "require": [], "session_duration": "24h", "reusable": True, **body}
    _seconds(document["session_duration"])
    try:
        meant(document, Visitor("127.0.0.1"))
    except (ValueError, LookupError, TypeError) as error:
        raise invalid(f"access.api.error.invalid_request: {error}", BAD_REQUEST) from None
    if identifier is None:
        return account.add(POLICIES, document)
    account.one(POLICIES, identifier).update(document)
    return account.one(POLICIES, identifier)


def delete_policy(account: Account, identifier: str) -> Document:
    """Refused while an application uses it."""
    used = [app["name"] for app in account.all(APPLICATIONS) for one in app["policies"] if one["id"] == identifier]
    if used:
        raise Refusal(409, UNRECORDED, f"access.api.error.policy_in_use: {', '.join(used)}")
    return account.remove(POLICIES, identifier)


def put_token(account: Account, body: Document, identifier: str | None) -> Document:
    """The secret is told by the call that makes it, and never again. A raised version makes a new one."""
    if identifier is None and not (isinstance(body["name"], str) and body["name"]):
        raise invalid("access.api.error.invalid_request: name must not be empty", BAD_REQUEST)
    if identifier is None:
        lasts = body.get("duration", "8760h")
        expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=_seconds(lasts))
        made = account.add(TOKENS, {
            "name": body["name"], "duration": lasts, "client_secret_version": 1,
            "client_id": f"{secrets.token_hex(16)}.access", "expires_at": expires.isoformat(),
        }, str(uuid.uuid4()))  # fmt: skip
        return {**made, "client_secret": _secret(account, made["id"])}
    token = account.one(TOKENS, identifier)
    version = body.get("client_secret_version", token["client_secret_version"])
    rotated = version > token["client_secret_version"]
    if rotated and not body.get("previous_client_secret_expires_at"):
        raise invalid("access.api.error.invalid_request: previous_client_secret_expires_at is missing", BAD_REQUEST)
    token.update({key: body[key] for key in ("name", "duration", "enabled") if key in body})
    token["client_secret_version"] = version
    if rotated:
        account.previous_secrets[identifier] = account.secrets[identifier], body["previous_client_secret_expires_at"]
    return {**token, "client_secret": _secret(account, identifier)} if rotated else token


def _seconds(duration: str) -> float:
    try:
        return seconds(duration)
    except ValueError as error:
        raise invalid(f"access.api.error.invalid_request: {error}", BAD_REQUEST) from None


def _secret(account: Account, identifier: str) -> str:
    account.secrets[identifier] = secrets.token_hex(32)
    return account.secrets[identifier]
