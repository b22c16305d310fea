"""The part of the simulator that no real service has: `/_simulator/...` shows what is stored and sets its faults.

GET  /_simulator/state        documents by kind, configurations, what is exposed
GET  /_simulator/entries      all calls, each with what was exposed after it
POST /_simulator/faults       a list of faults, which replaces the old one
POST /_simulator/tokens       {"token": [scopes]}, which replace the old ones
POST /_simulator/connectors   {"token": a tunnel's token, "id": ..., "address": "host:port"}: a connector is there
GET  /_simulator/mailbox      the one-time PINs that were sent, the newest last
POST /_simulator/keys         {"kept_seconds": ...}: a new key signs; the one before is published for so long
"""

from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter, ValidationError

from simulators.cloudflare import tunnels
from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.keys import KEPT_SECONDS
from simulators.cloudflare.exposure import exposures
from simulators.cloudflare.faults import Fault
from simulators.cloudflare.refusal import Refusal
from simulators.cloudflare.service import Service, refused
from simulators.reply import Reply, Request

PREFIX = "/_simulator/"


def control(service: Service, request: Request) -> Reply:
    """Carries out one call to `/_simulator/...`; a mistake in it is a 400 that says what is wrong."""
    try:
        with service.lock:
            return Reply.json(_carried_out(service, request.method, request.path.removeprefix(PREFIX), request.body))
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        return Reply.json({"error": str(error)}, 400)
    except Refusal as refusal:
        return refused(refusal)


def _carried_out(service: Service, method: str, path: str, body: Any) -> Any:  # noqa: PLR0911 - one line a call
    account = service.account
    match method, path:
        case "GET", "state":
            return {"kinds": account.kinds, "configurations": account.configurations, "exposed": exposures(account)}
        case "GET", "entries":
            return [asdict(entry) for entry in service.entries]
        case "POST", "faults":
            service.faults = TypeAdapter(list[Fault]).validate_python(body)
            return {"faults": len(service.faults)}
        case "POST", "tokens":
            service.tokens = {token: frozenset(scopes) for token, scopes in body.items()}
            return {}
        case "POST", "connectors":
            tunnel = tunnels.connect(account, body["token"], body["id"], body["address"], {})
            return account.configurations.get(tunnel, {"version": 0, "config": {"ingress": []}})
        case "GET", "mailbox":
            return [asdict(mail) for mail in _edge(service).mailbox.mails]
        case "POST", "keys":
            return {"kid": _edge(service).keys.rotate((body or {}).get("kept_seconds", KEPT_SECONDS))}
    raise Refusal(404, 404, f"{method} {PREFIX}{path}: no such control")


def _edge(service: Service) -> Edge:
    if service.edge is None:
        raise Refusal(404, 404, "this simulator runs without an edge: start it with --folder")
    return service.edge
