"""Client of Qdrant's REST API: just the requests that a move needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import requests

from operations.reembed.service import PATIENT
from operations.retrieval.remote import Refused, Remote, session

TIMEOUT = 60.0
SNAPSHOT_TIMEOUT = 3600.0

Point = dict[str, Any]


def pool(api_key: str | None) -> requests.Session:
    """Connections that carry the key in a header; it goes nowhere else."""
    connections = session(PATIENT)
    if api_key:
        connections.headers["api-key"] = api_key
    return connections


@dataclass(frozen=True)
class Client:
    """All methods raise Failure with the server's words."""

    remote: Remote

    def aliases(self) -> dict[str, str]:
        """Collections by their aliases."""
        return {entry["alias_name"]: entry["collection_name"] for entry in self.ask("GET", "/aliases")["aliases"]}

    def collections(self) -> list[str]:
        return [entry["name"] for entry in self.ask("GET", "/collections")["collections"]]

    def info(self, name: str) -> dict[str, Any] | None:
        """Configuration and state; None if there is no such collection or alias."""
        try:
            found: dict[str, Any] = self.ask("GET", path(name))
        except Refused as refused:
            if refused.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return found

    def count(self, name: str) -> int:
        return int(self.ask("POST", path(name, "points/count"), {"exact": True})["count"])

    def scroll(self, name: str, size: int, offset: Any, vectors: bool | Sequence[str]) -> tuple[list[Point], Any]:
        """Points in the order of their keys, and where the next ones begin (None: nowhere)."""
        body = {"limit": size, "offset": offset, "with_payload": True, "with_vector": vectors}
        found = self.ask("POST", path(name, "points/scroll"), body)
        return found["points"], found["next_page_offset"]

    def random(self, name: str, count: int) -> list[Point]:
        body = {"query": {"sample": "random"}, "limit": count, "with_payload": True, "with_vector": True}
        points: list[Point] = self.ask("POST", path(name, "points/query"), body)["points"]
        return points

    def payloads(self, name: str, keys: Sequence[Any]) -> dict[Any, Any]:
        """Payloads of those keys that are there."""
        body = {"ids": list(keys), "with_payload": True, "with_vector": False}
        return {point["id"]: point["payload"] for point in self.ask("POST", path(name, "points"), body)}

    def upsert(self, name: str, points: Sequence[Point]) -> None:
        self.ask("PUT", path(name, "points?wait=true"), {"points": list(points)})

    def delete_points(self, name: str, keys: Sequence[Any]) -> None:
        self.ask("POST", path(name, "points/delete?wait=true"), {"points": list(keys)})

    def snapshot(self, name: str) -> dict[str, Any]:
        """Makes one, and answers with its entry in the server's list."""
        made = self.ask("POST", path(name, "snapshots?wait=true"), timeout=SNAPSHOT_TIMEOUT)
        listed = {entry["name"]: entry for entry in self.ask("GET", path(name, "snapshots"))}
        found = listed.get(made["name"])
        if found is None or not found.get("size"):
            raise self.remote.failure(f"the snapshot {made['name']} of {name} is not there or empty")
        return dict(found)

    def turn(self, *actions: Mapping[str, Any]) -> None:
        """Changes aliases, all in one step."""
        self.ask("POST", "/collections/aliases", {"actions": list(actions)})

    def ask(self, method: str, where: str, body: Mapping[str, Any] | None = None, timeout: float = TIMEOUT) -> Any:
        """The `result` of the answer."""
        answer = self.remote.call(method, where, body, timeout)
        try:
            return answer.json()["result"]
        except (requests.JSONDecodeError, KeyError, TypeError):
            raise self.remote.failure(f"{method} {where}: not an answer of Qdrant") from None


def path(name: str, rest: str = "") -> str:
    return f"/collections/{quote(name, safe='')}" + (f"/{rest}" if rest else "")


def created(alias: str, collection: str) -> dict[str, Any]:
    return {"create_alias": {"alias_name": alias, "collection_name": collection}}


def deleted(alias: str) -> dict[str, Any]:
    return {"delete_alias": {"alias_name": alias}}
