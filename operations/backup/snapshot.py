"""A snapshot as restic lists it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Snapshot(BaseModel):
    """`id` changes when tags are added. Of tags like `backup=ID` the value is asked by `value`."""

    model_config = ConfigDict(frozen=True)

    id: str
    time: datetime
    tags: tuple[str, ...] = ()

    def value(self, tag: str) -> str:
        """What stands behind `TAG=`; empty where there is none."""
        return next((one.partition("=")[2] for one in self.tags if one.startswith(f"{tag}=")), "")
