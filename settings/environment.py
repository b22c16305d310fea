"""All settings of one environment, that is of one Pulumi stack."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from settings.alerts import Alerts
from settings.backups import Backups
from settings.base import Name, Network, Settings
from settings.budget import Budget
from settings.database import Database, DatabaseName
from settings.drift import Drift
from settings.host import Host
from settings.person import Person
from settings.route import Edge, Route
from settings.service import Service

BUNDLED_MODEL = "all-MiniLM-L6-v2"
"""What the inference image carries: it serves as embedding and as reranking model without any network."""
Revision = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40})?$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class LanguageModels(Settings):
    """Which models the platform answers with."""

    chat: str = Field(default="smollm2:135m", description="Ollama model that answers questions.")
    embedding: str = Field(default=BUNDLED_MODEL, description="Model of the embed service.")
    embedding_revision: Revision = Field(
        default="", description="Commit of `embedding` on the Hugging Face hub; only the bundled model needs none."
    )
    embedding_dimension: int = Field(default=384, ge=1, le=16000)
    rerank: str = Field(default=BUNDLED_MODEL, description="Model of the rerank service.")
    rerank_revision: Revision = Field(
        default="", description="Commit of `rerank` on the Hugging Face hub; only the bundled model needs none."
    )
    sizes_gb: dict[str, float] = Field(
        default_factory=dict, description="Sizes of models that catalogue/language_models.py does not list."
    )
    digests: dict[str, Digest] = Field(
        default_factory=dict,
        description="Models pinned to a digest, as `scripts/models list` shows it: {model: sha256}.",
    )
    fallback: Literal["none", "random-weights"] = Field(
        default="none", description="random-weights: where no model registry answers, a tiny random model."
    )


class Images(Settings):
    """Where container images come from."""

    source: Literal["official", "recorded"] = Field(
        default="official",
        description="official: by digest. recorded: as `make images` found them (.state/images.json).",
    )


class Environment(Settings):
    """One environment: its machines, what runs on them, its names and its budget."""

    name: Name = Field(description="The stack's name; not a key of the stack file.")
    hosts: dict[Name, Host] = Field(default_factory=dict)
    services: dict[Name, Service] = Field(default_factory=dict)
    databases: dict[DatabaseName, Database] = Field(default_factory=dict)
    networks: tuple[Network, ...] = Field(
        default=("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        description="Networks whose machines may reach the services of provisioned hosts.",
    )
    models: LanguageModels = LanguageModels()
    images: Images = Images()
    routes: tuple[Route, ...] = ()
    edge: Edge | None = None
    people: dict[Name, Person] = Field(default_factory=dict, description="Who logs in by Authelia, by user name.")
    budget: Budget | None = None
    alerts: Alerts | None = None
    drift: Drift = Drift()
    backups: Backups | None = None
    secrets: dict[Name, SecretStr] = Field(
        default_factory=dict, description="Values from outside, set with `pulumi config set --secret --path`."
    )

    @property
    def outside(self) -> tuple[Route, ...]:
        """Routes whose names stand in public DNS; the others are known to the office's resolver only."""
        return tuple(route for route in self.routes if route.outside)

    @property
    def internal(self) -> tuple[Route, ...]:
        """Routes that Cloudflare has nothing to do with."""
        return tuple(route for route in self.routes if not route.outside)

    def of_kind(self, kind: str) -> list[str]:
        """Names of the services of a kind."""
        return [name for name, service in self.services.items() if (service.kind or name) == kind]
