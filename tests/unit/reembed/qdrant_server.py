"""A small Qdrant in memory: the endpoints that a move uses, with their rules, as documented for version 1.19."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from simulators.http_server import Handler, serving_http

KEY = "for-tests-only"


class Refused(Exception):
    def __init__(self, status: int, cause: str) -> None:
        super().__init__(cause)
        self.status = status


@dataclass
class Collection:
    config: dict[str, Any]
    schema: dict[str, Any] = field(default_factory=dict)
    points: dict[Any, dict[str, Any]] = field(default_factory=dict)
    snapshots: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Qdrant:
    """`before` is called with each request's method and path, so that a test can write meanwhile or fail."""

    collections: dict[str, Collection] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    before: Callable[[str, str], None] = lambda method, path: None
    url: str = ""
    upserted: list[Any] = field(default_factory=list)

    def answer(self, method: str, target: str, body: Any) -> Any:
        path = urlsplit(target).path
        self.before(method, path)
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if parts == ["aliases"]:
            return {"aliases": [{"alias_name": a, "collection_name": c} for a, c in self.aliases.items()]}
        if parts == ["collections"]:
            return {"collections": [{"name": name} for name in self.collections]}
        if parts == ["collections", "aliases"]:
            return self.turn(body["actions"])
        if parts[0] != "collections":
            raise Refused(404, "no such path")
        if method == "PUT" and len(parts) == 2:
            return self.create(parts[1], body)
        found = self.collections.get(self.aliases.get(parts[1], parts[1]))
        if found is None:
            raise Refused(404, f"Not found: Collection `{parts[1]}` doesn't exist!")
        if method == "DELETE" and len(parts) == 2:
            del self.collections[parts[1]]
            self.aliases = {alias: name for alias, name in self.aliases.items() if name != parts[1]}
            return True
        return self.within(found, method, "/".join(parts[2:]), body)

    def turn(self, actions: list[dict[str, dict[str, str]]]) -> bool:
        aliases = dict(self.aliases)
        for action in actions:
            ((kind, names),) = action.items()
            if kind == "delete_alias":
                aliases.pop(names["alias_name"], None)
            elif names["alias_name"] in self.collections:
                raise Refused(409, "Collection with such name exists")
            elif names["collection_name"] not in self.collections:
                raise Refused(404, "no such collection")
            else:
                aliases[names["alias_name"]] = names["collection_name"]
        self.aliases = aliases
        return True

    def create(self, name: str, body: dict[str, Any]) -> bool:
        if name in self.collections or name in self.aliases:
            raise Refused(409, f"Wrong input: Collection `{name}` already exists!")
        parameters = {key: body[key] for key in ("vectors", "sparse_vectors", "shard_number") if key in body}
        sections = {key: value for key, value in body.items() if key.endswith("_config")}
        self.collections[name] = Collection({"params": parameters, **sections})
        return True

    def within(self, found: Collection, method: str, what: str, body: Any) -> Any:  # noqa: PLR0911
        match method, what:
            case "GET", "":
                return {"status": "green", "config": found.config, "payload_schema": found.schema}
            case "PUT", "index":
                kind = body["field_schema"]
                data_type = kind if isinstance(kind, str) else kind["type"]
                found.schema[body["field_name"]] = {"data_type": data_type, "params": kind}
                return {"status": "completed"}
            case "POST", "points/count":
                return {"count": len(found.points)}
            case "POST", "points/scroll":
                return scroll(found, body)
            case "POST", "points/query":
                keys = random.sample(sorted(found.points, key=str), min(body["limit"], len(found.points)))
                return {"points": [shown(found.points[key], body) for key in keys]}
            case "POST", "points":
                return [shown(found.points[key], body) for key in body["ids"] if key in found.points]
            case "PUT", "points":
                return self.upsert(found, body["points"])
            case "POST", "points/delete":
                for key in body["points"]:
                    found.points.pop(key, None)
                return {"status": "completed"}
            case "POST", "snapshots":
                found.snapshots.append({"name": f"snapshot-{len(found.snapshots)}", "size": 1234})
                return found.snapshots[-1]
            case "GET", "snapshots":
                return found.snapshots
        raise Refused(405, f"{method} {what}")

    def upsert(self, found: Collection, points: list[dict[str, Any]]) -> dict[str, str]:
        vectors = found.config["params"]["vectors"]
        for point in points:
            given = point["vector"] if isinstance(point["vector"], dict) else {"": point["vector"]}
            for name, vector in given.items():
                size = vectors["size"] if "size" in vectors else vectors[name]["size"]
                if len(vector) != size:
                    raise Refused(400, f"Wrong input: Vector dimension error: expected dim: {size}, got {len(vector)}")
        for point in points:
            found.points[point["id"]] = point
            self.upserted.append(point["id"])
        return {"status": "completed"}


def scroll(found: Collection, body: dict[str, Any]) -> dict[str, Any]:
    keys = sorted(key for key in found.points if body["offset"] is None or key >= body["offset"])
    page, rest = keys[: body["limit"]], keys[body["limit"] :]
    return {"points": [shown(found.points[key], body) for key in page], "next_page_offset": rest[0] if rest else None}


def shown(point: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Without vectors that were not asked for."""
    wanted = body["with_vector"]
    made = {"id": point["id"], "payload": point["payload"]}
    if wanted is True:
        made["vector"] = point["vector"]
    elif wanted:
        made["vector"] = {name: point["vector"][name] for name in wanted}
    return made


@contextmanager
def serving(qdrant: Qdrant) -> Iterator[Qdrant]:
    class QdrantHandler(Handler):
        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            try:
                if self.headers.get("api-key") != KEY:
                    raise Refused(401, "Must provide an API key or an Authorization bearer token")
                status, answer = 200, {"result": qdrant.answer(self.command, self.path, body), "status": "ok"}
            except Refused as refused:
                status, answer = refused.status, {"status": {"error": str(refused)}}
            self.reply(status, json.dumps({**answer, "time": 0.0}).encode())

        do_GET = do_POST = do_PUT = do_DELETE = handle_any

    with serving_http(QdrantHandler) as qdrant.url:
        yield qdrant
