"""Which call does what, without faults: method and path to a result of the account."""

import re
from collections.abc import Callable
from typing import Any, Final

from simulators.cloudflare import access, records, rulesets, tunnels
from simulators.cloudflare.account import Account, Document
from simulators.cloudflare.refusal import Refusal, invalid, not_found

Put = Callable[[Account, Document, str | None], Document]
Handler = Callable[[Account, str, Document, str], Any]
"""Of the account, the method, the body and the identifier in the path."""

PARENT = re.compile(r"(accounts|zones)/([0-9a-f]{32})/(.+)")
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
ZONE_KINDS = frozenset({records.KIND, rulesets.KIND})


def _stored(kind: str, put: Put, delete: Callable[[Account, str], Document] | None = None) -> Handler:
    """A kind of documents that are created, read, replaced and deleted."""

    def handle(account: Account, method: str, body: Document, identifier: str) -> Any:
        match method, bool(identifier):
            case "GET", False:
                return account.all(kind)
            case "GET", True:
                return account.one(kind, identifier)
            case "POST", False:
                return put(account, body, None)
            case "PUT", True:
                return put(account, body, identifier)
            case "DELETE", True:
                return {"id": (delete or (lambda one, what: one.remove(kind, what)))(account, identifier)["id"]}
        raise not_allowed(method)

    return handle


def _tunnel(account: Account, method: str, body: Document, identifier: str) -> Any:  # noqa: PLR0911 - one line a call
    match method, identifier.split("/"):
        case "GET", [""]:
            return [tunnels.shown(account, one) for one in account.all(tunnels.KIND)]
        case "POST", [""]:
            return tunnels.create(account, body)
        case "GET", [one]:
            return tunnels.shown(account, account.one(tunnels.KIND, one))
        case "PATCH", [one]:
            return tunnels.change(account, one, body)
        case "DELETE", [one]:
            return tunnels.delete(account, one)
        case "DELETE", [one, "connections"]:
            return tunnels.disconnect(account, one)
        case "GET", [one, "connections"]:
            return tunnels.connections(account, one)
        case "GET", [one, "token"]:
            return tunnels.token(account, one)
        case "GET", [one, "configurations"]:
            return tunnels.configuration(account, one)
        case "PUT", [one, "configurations"]:
            return tunnels.configure(account, one, body)
    raise not_allowed(method)


HANDLERS: Final[dict[str, Handler]] = {
    tunnels.KIND: _tunnel,
    records.KIND: _stored(records.KIND, records.put),
    access.APPLICATIONS: _stored(access.APPLICATIONS, access.put_application),
    access.POLICIES: _stored(access.POLICIES, access.put_policy, access.delete_policy),
    access.TOKENS: _stored(access.TOKENS, access.put_token),
    rulesets.KIND: _stored(rulesets.KIND, rulesets.put),
}


def kind_of(path: str) -> str:
    """The kind that a path is about. Raises Refusal for a path of nothing."""
    return _parted(path)[1]


def result(account: Account, method: str, path: str, body: Any) -> Any:
    """Carries out one call. Raises Refusal."""
    (parent, owner), kind, identifier = _parted(path)
    if owner != {"accounts": account.id, "zones": account.zone}[parent]:
        raise Refusal(403, 10000, "Authentication error")
    if (kind in ZONE_KINDS) != (parent == "zones"):
        raise not_found(path)
    if method in WITH_BODY and not isinstance(body, dict):
        raise invalid("the body is no JSON object")
    try:
        return HANDLERS[kind](account, method, body or {}, identifier)
    except KeyError as missing:
        raise invalid(f"{missing} is missing") from None
    except (TypeError, AttributeError, ValueError) as error:
        raise invalid(f"the body has another shape: {error}") from None


def not_allowed(method: str) -> Refusal:
    return Refusal(405, 10405, f"Method {method} not allowed")


def _parted(path: str) -> tuple[tuple[str, str], str, str]:
    found = PARENT.fullmatch(path.strip("/"))
    for kind in HANDLERS if found else ():
        assert found  # noqa: S101 - else there is no kind to try
        if f"{found[3]}/".startswith(f"{kind}/"):
            return (found[1], found[2]), kind, found[3].removeprefix(kind).strip("/")
    raise not_found(path)
