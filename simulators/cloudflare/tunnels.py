"""Tunnels, their routing and their tokens."""

import base64
import json
import secrets
import uuid

from simulators.cloudflare.account import Account, Document, now
from simulators.cloudflare.refusal import Refusal, invalid, not_found

KIND = "cfd_tunnel"
NAME_TAKEN, CONNECTED, BAD_CONFIGURATION = 1013, 1022, 1056


def create(account: Account, body: Document) -> Document:
    """Names are unique among tunnels that are there."""
    _require_free_name(account, body.get("name"), None)
    document = {
        "name": body["name"],
        "config_src": body.get("config_src", "local"),
        "account_tag": account.id,
        "tun_type": "cfd_tunnel",
        "remote_config": body.get("config_src") == "cloudflare",
        "metadata": {},
        "deleted_at": None,
    }
    made = account.add(KIND, document, str(uuid.uuid4()))
    account.secrets[made["id"]] = body.get("tunnel_secret") or base64.b64encode(secrets.token_bytes(32)).decode()
    return shown(account, made)


def change(account: Account, identifier: str, body: Document) -> Document:
    tunnel = account.one(KIND, identifier)
    _require_free_name(account, body.get("name", tunnel["name"]), identifier)
    tunnel.update({key: body[key] for key in ("name",) if key in body})
    if body.get("tunnel_secret"):
        account.secrets[identifier] = body["tunnel_secret"]
    return shown(account, tunnel)


def delete(account: Account, identifier: str) -> Document:
    """Refused as long as a connector is connected."""
    account.one(KIND, identifier)
    if account.connectors.get(identifier):
        raise Refusal(400, CONNECTED, "Cannot delete tunnel because it has active connections")
    account.secrets.pop(identifier, None)
    return {**account.remove(KIND, identifier), "deleted_at": now()}


def disconnect(account: Account, identifier: str) -> None:
    """Its connectors are told to go; those that run come back."""
    account.one(KIND, identifier)
    account.connectors.pop(identifier, None)


def connect(account: Account, token: str, identifier: str, address: str, connection: Document) -> str:
    """A connector has come with this token; gives its tunnel. Raises Refusal for a token of another time."""
    try:
        content = json.loads(base64.b64decode(token))
        tunnel, secret = str(content["t"]), content["s"]
    except (ValueError, KeyError, TypeError):
        raise Refusal(401, 1000, "Unauthorized: Invalid tunnel token") from None
    if tunnel not in account.kinds.get(KIND, {}) or account.secrets[tunnel] != secret:
        raise Refusal(401, 1000, "Unauthorized: Invalid tunnel secret")
    account.connectors.setdefault(tunnel, {})[identifier] = {
        **connection, "id": identifier, "uuid": identifier, "colo_name": "sim01", "origin_ip": address,
        "opened_at": now(), "is_pending_reconnect": False,
    }  # fmt: skip
    return tunnel


def connections(account: Account, identifier: str) -> list[Document]:
    """Its connectors, each with its connections."""
    account.one(KIND, identifier)
    connectors: dict[str, list[Document]] = {}
    for connection in account.connectors.get(identifier, {}).values():
        connectors.setdefault(connection.get("client_id") or connection["id"], []).append(connection)
    return [{"id": each, "arch": "linux_amd64", "version": conns[0].get("client_version", ""), "conns": conns}
            for each, conns in connectors.items()]  # fmt: skip


def shown(account: Account, tunnel: Document) -> Document:
    """With the state of its connections."""
    connections = list(account.connectors.get(tunnel["id"], {}).values())
    return {**tunnel, "status": "healthy" if connections else "inactive", "connections": connections}


def token(account: Account, identifier: str) -> str:
    """What a connector starts with."""
    account.one(KIND, identifier)
    content = {"a": account.id, "t": identifier, "s": account.secrets[identifier]}
    return base64.b64encode(json.dumps(content).encode()).decode()


def configure(account: Account, identifier: str, body: Document) -> Document:
    """The last rule has to catch everything, and only the last may."""
    account.one(KIND, identifier)
    rules = (body.get("config") or {}).get("ingress") or []
    if not rules or rules[-1].get("hostname") or rules[-1].get("path"):
        raise invalid("Bad Configuration: The last ingress rule must match all URLs", BAD_CONFIGURATION)
    for number, rule in enumerate(rules[:-1], 1):
        if not rule.get("hostname") and not rule.get("path"):
            raise invalid(f"Bad Configuration: Rule #{number} is matching all traffic", BAD_CONFIGURATION)
    for rule in rules:
        if "://" not in rule.get("service", "") and not rule.get("service", "").startswith("http_status:"):
            raise invalid(f"Bad Configuration: {rule.get('service')!r} is not a valid service", BAD_CONFIGURATION)
    before = account.configurations.get(identifier, {"version": 0, "created_at": now()})
    account.configurations[identifier] = {
        "tunnel_id": identifier,
        "config": body["config"],
        "source": body.get("source", "cloudflare"),
        "version": before["version"] + 1,
        "created_at": before["created_at"],
    }
    return account.configurations[identifier]


def configuration(account: Account, identifier: str) -> Document:
    account.one(KIND, identifier)
    if identifier not in account.configurations:
        raise not_found("configuration")
    return account.configurations[identifier]


def _require_free_name(account: Account, name: str | None, identifier: str | None) -> None:
    if not name or not isinstance(name, str):
        raise invalid("tunnel name must not be empty")
    if any(other["name"] == name for other in account.others(KIND, identifier)):
        raise Refusal(409, NAME_TAKEN, "You already have a tunnel with this name.")
