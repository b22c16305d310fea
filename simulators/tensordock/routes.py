"""Which call does what: the API v2 of a simulated account, without faults."""

import re
import uuid
from collections.abc import Callable
from typing import Any, Final

from simulators.reply import Reply, Request
from simulators.tensordock import documents, operations
from simulators.tensordock.account import Account, Refusal

Handler = Callable[[Account, Any, str], Any]


def _start(account: Account, _body: Any, identifier: str) -> Any:
    operations.start(account, account.vm(identifier))
    return documents.changed(account.vm(identifier), "starting")


def _stop(account: Account, _body: Any, identifier: str) -> Any:
    operations.stop(account, account.vm(identifier))
    return documents.changed(account.vm(identifier), "stopping")


def _modify(account: Account, body: Any, identifier: str) -> Any:
    operations.modify(account, account.vm(identifier), body)
    return documents.success("Virtual machine modified")


def _delete(account: Account, _body: Any, identifier: str) -> Any:
    operations.delete(account, account.vm(identifier))
    return documents.success("Virtual machine deleted")


def _hostnodes(account: Account) -> list[dict[str, Any]]:
    return [
        {"id": operations.NODE + place.id, "location_id": place.id, "location": {"uuid": place.id, "tier": place.tier}}
        for place in account.stock
    ]


def _hostnode(account: Account, _body: Any, identifier: str) -> Any:
    found = next((node for node in _hostnodes(account) if node["id"] == identifier), None)
    if found is None:
        raise Refusal(404, "Hostnode not found")
    return {"data": found}


def _add_key(account: Account, body: Any, _identifier: str) -> Any:
    attributes = body["data"]["attributes"]
    identifier = str(uuid.uuid4())
    account.keys[identifier] = {"id": identifier, "name": attributes["name"], "type": attributes["type"]}
    made = dict(account.keys[identifier])
    account.keys[identifier]["value"] = attributes["value"]
    return {"data": made}


def _key(account: Account, _body: Any, identifier: str) -> Any:
    if identifier not in account.keys:
        raise Refusal(404, "Secret not found")
    return {"data": account.keys[identifier]}


def _remove_key(account: Account, body: Any, identifier: str) -> Any:
    _key(account, body, identifier)
    del account.keys[identifier]
    return documents.success("Secret deleted")


def _listed_keys(account: Account) -> list[dict[str, str]]:
    return [{name: each[name] for name in ("id", "name", "type")} for each in account.keys.values()]


ROUTES: Final[dict[tuple[str, str], Handler]] = {
    ("GET", "/locations"): lambda account, _body, _id: {"data": {"locations": [p.document() for p in account.stock]}},
    ("GET", "/hostnodes"): lambda account, _body, _id: {"data": {"hostnodes": _hostnodes(account)}},
    ("GET", "/hostnodes/{id}"): _hostnode,
    ("GET", "/instances"): lambda account, _body, _id: documents.instances(account),
    ("POST", "/instances"): lambda account, body, _id: documents.ordered(
        operations.create(account, body["data"]["attributes"])
    ),
    ("GET", "/instances/{id}"): lambda account, _body, identifier: documents.instance(account, account.vm(identifier)),
    ("DELETE", "/instances/{id}"): _delete,
    ("POST", "/instances/{id}/start"): _start,
    ("POST", "/instances/{id}/stop"): _stop,
    ("PUT", "/instances/{id}/modify"): _modify,
    ("GET", "/secrets"): lambda account, _body, _id: {"data": {"secrets": _listed_keys(account)}},
    ("POST", "/secrets"): _add_key,
    ("GET", "/secrets/{id}"): _key,
    ("DELETE", "/secrets/{id}"): _remove_key,
}
"""Method and path -> what it does; the answer is JSON."""


def answer(account: Account, request: Request) -> Reply:
    """Carries out one call."""
    for (method, pattern), handler in ROUTES.items():
        found = re.fullmatch(pattern.replace("{id}", "([^/]+)"), request.path)
        if found is None or method != request.method:
            continue
        try:
            return Reply.json(handler(account, request.body, found[1] if found.groups() else ""))
        except Refusal as refusal:
            return _refused(account, refusal)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
            return Reply.json({"error": "Malformed request"}, 400)
    known = any(re.fullmatch(pattern.replace("{id}", "[^/]+"), request.path) for _, pattern in ROUTES)
    return Reply.json({"error": "Method not allowed"}, 405) if known else Reply.json({"error": "Not found"}, 404)


def _refused(account: Account, refusal: Refusal) -> Reply:
    if isinstance(refusal.content, list):
        return Reply.json(refusal.content, refusal.status)
    if refusal.status == 400 and account.behaviour.errors == "ok_with_error":
        return Reply.json({"status": refusal.status, "error": refusal.content})
    return Reply.json({"error": refusal.content}, refusal.status)
