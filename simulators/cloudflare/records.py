"""DNS records of the account's zone."""

from simulators.cloudflare.account import Account, Document, now
from simulators.cloudflare.refusal import invalid

KIND = "dns_records"
TYPES = frozenset({"A", "AAAA", "CNAME", "TXT", "MX", "CAA", "SRV", "NS"})
ADDRESSES = frozenset({"A", "AAAA", "CNAME"})
CONFLICT, EXISTS, IDENTICAL, BAD_TYPE = 81054, 81057, 81058, 9004


def put(account: Account, body: Document, identifier: str | None) -> Document:
    """Creates a record, or replaces the one with this identifier. Names are stored whole, with the zone's."""
    record = {
        "name": _whole(account, body["name"]),
        "type": body["type"],
        "content": body.get("content"),
        "ttl": body["ttl"],
        "proxied": body.get("proxied", False),
        "comment": body.get("comment"),
        "tags": body.get("tags") or [],
        "settings": body.get("settings") or {},
        "proxiable": body["type"] in ADDRESSES,
        "modified_on": now(),
    }
    _check(account, record, identifier)
    if identifier is None:
        made = account.add(KIND, {**record, "meta": {}})
        return {**made, "created_on": made["created_at"]}
    account.one(KIND, identifier).update(record)
    return account.one(KIND, identifier)


def _check(account: Account, record: Document, identifier: str | None) -> None:
    if record["type"] not in TYPES:
        raise invalid(f"DNS record type {record['type']!r} is invalid.", BAD_TYPE)
    if record["proxied"] and record["ttl"] != 1:
        raise invalid("ttl must be set to 1 when `proxied` is true")
    namesakes = [other for other in account.others(KIND, identifier) if other["name"] == record["name"]]
    for other in namesakes:
        if (other["type"], other["content"]) == (record["type"], record["content"]):
            raise invalid("An identical record already exists.", IDENTICAL)
        if other["type"] == record["type"] == "CNAME":
            raise invalid("A CNAME record with that host already exists.", EXISTS)
        if "CNAME" in (other["type"], record["type"]) and {other["type"], record["type"]} <= ADDRESSES:
            raise invalid("An A, AAAA, or CNAME record with that host already exists.", CONFLICT)


def _whole(account: Account, name: str) -> str:
    if name == "@":
        return account.zone_name
    return name if f".{name}".endswith(f".{account.zone_name}") else f"{name}.{account.zone_name}"
