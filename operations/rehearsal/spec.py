"""What a rehearsal is told on standard input; see `rehearsal_spec` in components/service_container.py."""

from __future__ import annotations

from pydantic import BaseModel, Field, field_validator


class Upload(BaseModel):
    """A file that is put into the container before it starts; its content counts as secret."""

    file: str = Field(pattern="^/")
    content: str
    permissions: str = Field(default="0644", pattern="^0?[0-7]{3}$")


class Healthcheck(BaseModel):
    """Docker's health check; `tests` starts with CMD or CMD-SHELL. Interval and patience are the rehearsal's own."""

    tests: list[str] = Field(min_length=2)
    timeout: str


class ReadOnlyVolume(BaseModel):
    """Live data that the candidate may read and never write."""

    name: str
    path: str = Field(pattern="^/")


class RehearsalSpec(BaseModel):
    """`docker_host` None is this machine's engine. `redact` holds further texts that must never be printed."""

    docker_host: str | None = None
    ssh_options: list[str] = []
    environment: str
    service: str
    spec_hash: str | None = None
    image: str
    entrypoint: list[str] = []
    command: list[str] = []
    env: list[str] = []
    user: str | None = None
    uploads: list[Upload] = []
    scratch_paths: list[str] = []
    read_only_volumes: list[ReadOnlyVolume] = []
    tmpfs: dict[str, str] = {}
    network: str
    memory_mb: int | None = None
    cpus: str | None = None
    cap_drop: list[str] = []
    cap_add: list[str] = []
    security_opts: list[str] = []
    read_only: bool = False
    healthcheck: Healthcheck | None = None
    timeout_seconds: float = Field(default=120, gt=0)
    redact: list[str] = []

    @field_validator("env")
    @classmethod
    def _pairs(cls, env: list[str]) -> list[str]:
        for number, entry in enumerate(env):
            if "=" not in entry.partition("\n")[0]:
                raise ValueError(f"entry {number} is not KEY=VALUE")
        return env

    @property
    def candidate(self) -> str:
        """The name of the container on trial."""
        return f"ai-platform-{self.environment}-{self.service}-rehearsal"
