"""A service instance: which catalogue entry runs where, and what differs from the entry's defaults."""

from __future__ import annotations

from pydantic import Field

from settings.base import Name, Network, Port, Settings
from settings.redis import Redis


class Service(Settings):
    """Placement of one catalogue entry. What is left out comes from catalogue/<kind>.py."""

    kind: str | None = Field(default=None, description="Catalogue entry; the service's own name when left out.")
    host: Name = Field(description="Name of the host that it runs on.")
    port: Port | None = Field(default=None, description="Port on the host.")
    allow_from: tuple[Network, ...] | None = Field(
        default=None, description="Networks that may reach it; the environment's `networks` when left out."
    )
    memory_mb: int | None = Field(default=None, ge=16, le=8_388_608, description="Memory limit.")
    cpus: float | None = Field(default=None, gt=0, le=512, description="Processor limit, in cores.")
    replicas: int = Field(
        default=1, ge=1, le=16, description="Containers behind one name, each with the limits; embed and rerank only."
    )
    image: str | None = Field(
        default=None, pattern=r"^\S+@sha256:[0-9a-f]{64}$", description="Another image, by digest."
    )
    site: str | None = Field(
        default=None, min_length=1, description="Folder with the built pages that a web service serves."
    )
    models: tuple[str, ...] = Field(default=(), description="Models that an Ollama service keeps ready.")
    loaded_models: int | None = Field(
        default=None, ge=1, le=100, description="How many of them are in memory at once; all when left out."
    )
    disk_gb: float | None = Field(default=None, gt=0, le=1_000_000, description="Disk that it needs, GB.")
    vram_gb: float | None = Field(default=None, gt=0, le=2000, description="Card memory that it needs, GB.")
    redis: Redis | None = Field(default=None, description="Use and clients of a redis service.")
    uses: dict[str, Name] = Field(
        default_factory=dict,
        description="Which instance serves a need, where several could: {kind: service}.",
    )
    environment: dict[str, str] = Field(
        default_factory=dict, description="Additional environment variables. Never secrets."
    )
