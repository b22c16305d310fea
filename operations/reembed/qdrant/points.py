"""Points between two collections: which are still to be moved, and how they look with their new vectors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from operations.failure import Failure
from operations.reembed.qdrant.client import Client, Point
from operations.reembed.qdrant.configuration import Configuration
from operations.reembed.row import Row, Sampled

PAGE = 256


@dataclass(frozen=True)
class Points:
    """`text` is the payload field that is embedded."""

    client: Client
    configuration: Configuration
    text: str

    def pending(self, source: str, destination: str, size: int) -> Iterator[list[Point]]:
        """Points of the source that the destination lacks, or has with an earlier payload."""
        offset: Any = None
        while True:
            points, offset = self.client.scroll(source, size, offset, self.configuration.others or False)
            there = self.client.payloads(destination, [point["id"] for point in points]) if points else {}
            missing = [point for point in points if there.get(point["id"], self) != point["payload"]]
            if missing:
                yield missing
            if offset is None:
                return

    def prune(self, source: str, destination: str) -> int:
        """Removes from the destination what the source no longer has; how many that were."""
        offset: Any = None
        gone = 0
        while True:
            points, offset = self.client.scroll(destination, PAGE, offset, vectors=False)
            keys = [point["id"] for point in points]
            there = self.client.payloads(source, keys) if keys else {}
            absent = [key for key in keys if key not in there]
            if absent:
                self.client.delete_points(destination, absent)
            gone += len(absent)
            if offset is None:
                return gone

    def row(self, point: Point) -> Row:
        """Raises Failure for a point without a text."""
        payload = point.get("payload") or {}
        text = payload.get(self.text)
        if not isinstance(text, str) or not text.strip():
            raise Failure(
                f"point {point['id']!r} has no text in {self.text!r}", "give it one, or remove the point, then again"
            )
        return Row(point["id"], text, hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest())

    def sampled(self, point: Point) -> Sampled:
        vector = point["vector"]
        return Sampled(self.row(point), vector[self.configuration.vector] if isinstance(vector, dict) else vector)

    def with_vector(self, point: Point, vector: list[float]) -> Point:
        """The point with that vector; its other vectors go along."""
        others = point.get("vector") or {}
        named = self.configuration.vector
        if named or others:
            return {"id": point["id"], "payload": point["payload"], "vector": {**others, named: vector}}
        return {"id": point["id"], "payload": point["payload"], "vector": vector}
