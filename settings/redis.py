"""What a Redis service is for, and which applications may use which of its keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from settings.base import Name, Settings

Pattern = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:_.*{}-]{1,100}$")]
"""Of keys or channels, such as `cache:*`."""


class RedisClient(Settings):
    """One application: its user is named after it, its generated password is `redis-NAME`."""

    keys: tuple[Pattern, ...] = Field(min_length=1, description="Keys that it may use.")
    channels: tuple[Pattern, ...] = Field(default=(), description="Channels that it may publish to and listen on.")
    read_only: bool = Field(default=False, description="Whether it may only read these keys.")


class Redis(Settings):
    """Persistence and eviction follow from the use."""

    use: Literal["queue", "cache"] = Field(
        default="queue",
        description="queue: on disk within a second, a full memory refuses writes. cache: in memory only, what was"
        " not used for longest makes room.",
    )
    clients: dict[Name, RedisClient] = Field(default_factory=dict)
