"""The configuration of a collection, and that of one like it for vectors of another size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.failure import USAGE, Failure

PARAMETERS = (
    "sparse_vectors", "shard_number", "replication_factor", "write_consistency_factor", "on_disk_payload",
)  # fmt: skip
SECTIONS = {
    "hnsw_config": "hnsw_config",
    "optimizer_config": "optimizers_config",
    "wal_config": "wal_config",
    "quantization_config": "quantization_config",
    "strict_mode_config": "strict_mode_config",
    "metadata": "metadata",
}
"""Sections of an existing configuration, by the names that a new collection takes them under."""


@dataclass(frozen=True)
class Configuration:
    """As GET /collections/NAME tells it. `vector` is the name of the moved vector, empty where they have none."""

    config: Mapping[str, Any]
    payload_schema: Mapping[str, Any]
    vector: str

    @classmethod
    def of(cls, info: Mapping[str, Any], wanted: str | None) -> Configuration:
        """Raises Failure when it does not say which vector moves."""
        config = info["config"]
        vectors = config["params"].get("vectors") or {}
        names = [""] if "size" in vectors else sorted(vectors)
        if wanted is not None and wanted not in names:
            raise Failure(f"there is no vector {wanted!r}; there are: {names}", "name one with --vector-column", USAGE)
        if wanted is None and len(names) != 1:
            raise Failure(f"the points have several vectors: {names}", "name one with --vector-column", USAGE)
        if config["params"].get("sharding_method") == "custom":
            raise Failure("the collection has shard keys of its own", "move it by hand", USAGE)
        return cls(config, info.get("payload_schema") or {}, names[0] if wanted is None else wanted)

    @property
    def dimension(self) -> int:
        vectors = self.config["params"]["vectors"]
        return int((vectors[self.vector] if self.vector else vectors)["size"])

    @property
    def others(self) -> list[str]:
        """Vectors that go along unchanged."""
        parameters = self.config["params"]
        named = parameters["vectors"] if self.vector else {}
        return sorted({*named, *(parameters.get("sparse_vectors") or {})} - {self.vector})

    def resized(self, dimension: int) -> dict[str, Any]:
        """What creates a collection like this one with vectors of that size."""
        parameters = self.config["params"]
        vectors = parameters["vectors"]
        if self.vector:
            new = {**vectors, self.vector: {**vectors[self.vector], "size": dimension}}
        else:
            new = {**vectors, "size": dimension}
        kept = {name: parameters[name] for name in PARAMETERS if parameters.get(name) is not None}
        sections = {new: self.config[old] for old, new in SECTIONS.items() if self.config.get(old) is not None}
        return {"vectors": new, **kept, **sections}

    def indexes(self) -> list[dict[str, Any]]:
        """What creates its indexes of payload fields."""
        return [
            {"field_name": field, "field_schema": schema.get("params") or schema["data_type"]}
            for field, schema in sorted(self.payload_schema.items())
        ]
