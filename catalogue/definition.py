"""What a catalogue entry says about its service. Knows nothing of hosts, environments or Pulumi.

Texts may hold placeholders, written `${...}` (a literal `$` is `$$`):
  ${address.KIND}     host:port under which this service reaches the instance of KIND that it needs or wants
  ${password.NAME}    a generated password of the environment
  ${secret.NAME}      a value from the settings' `secrets`
  ${models.FIELD}     a field of the settings' `models`
  ${service.port}     the port that the service listens on in its container
  ${service.pages}    where the pages of a web service lie in its volume: `current` for a delivered site, else `.`
  ${redis.policy}     what a Redis service keeps and who may use it, as lines of its configuration
  ${names.configuration}     of internal names' nginx; ${authelia.configuration}, ${authelia.users}: of the login
  ${certificate.key}, ${certificate.certificate}  the service's own, PEM, where it is `certified`
  ${authority.KIND}   what verifies the instance of KIND that it needs, PEM; empty where that is not `certified`
  ${sslmode.KIND}     how libpq is to treat TLS to the instance of KIND that it needs; ${ssl.KIND} `require` where it is
                      served, `prefer` where not: for drivers that know no more
  ${tls.KIND}         the same as parameters of an address, which trust the file AUTHORITY_FILE
  ${access.issuer}    who signs the assertions of logins; ${access.certificates}: where the keys to them are
  ${proxy.configuration}  what nginx of the proxy is told (planning/proxy.py)
  ${service.hosts}    every host:port (and public name) under which callers address the service, comma-separated
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

SECRETS_FOLDER = "/run/secrets"
VERSION = "@VERSION@"
"""In a text of `Live`: the name of this version of all of its files."""
LIVE_LABEL = "ai-platform.live"
"""Of the volume of such files."""


def holds_data(labels: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the loss of a volume with these labels is one: what lies in a volume of live files is brought again."""
    return not any(one.get("label") == LIVE_LABEL for one in labels)


AUTHORITY_FILE = f"{SECRETS_FOLDER}/authority.pem"
"""Where services find the certificate of the environment's authority."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """`official` is repository:tag@digest; None where the image is ours, built from images/<name>."""

    name: str
    official: str | None = None


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A named volume mounted at `path`. It holds data, so it survives the removal of its container.

    `model` says which of the settings' models lies in it. One that the image does not bundle is fetched into it before
    the service starts, and a rehearsal then reads the live volume: an empty one in its place could prove nothing.

    `saved`: backups take its files; `sqlite` names SQLite databases among them (the image then has Python).
    """

    name: str
    path: str
    model: Literal["embedding", "rerank"] | None = None
    saved: bool = False
    sqlite: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class File:
    """A file put into the container before it starts; the way in for every secret."""

    path: str
    template: str
    mode: str = "0444"


@dataclass(frozen=True, kw_only=True)
class Live:
    """Files that a service takes up while it runs: a change of them replaces no container.

    They lie in `folder`/current, a volume that nothing else uses, under paths relative to it. The service must start
    and be healthy without them, with nothing open that they would close. Commands run in its container: `check` ends
    badly where the files in the folder that is its last argument are of no use, `reload` lets the service take them
    (none: it looks by itself), `version` prints the VERSION that it answers with.
    """

    folder: str
    files: tuple[File, ...]
    check: tuple[str, ...]
    version: tuple[str, ...]
    reload: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Healthcheck:
    """What Docker runs inside the container; times in seconds."""

    test: tuple[str, ...]
    interval: int = 5
    timeout: int = 5
    start_period: int = 60
    retries: int = 3


@dataclass(frozen=True, kw_only=True)
class Probe:
    """How one sees from outside that the service works; `status` is 0 where no HTTP is spoken."""

    method: Literal["GET", "TCP", "POSTGRES", "REDIS"]
    path: str = ""
    status: int = 0
    timeout: int = 5


@dataclass(frozen=True, kw_only=True)
class Want:
    """What a service makes use of where it is there, and does without where it is not or does not answer.

    It is served by the only instance of `kind` on the same host, or by the one that `uses` names. `environment` and
    `files` are added then. The service neither waits for it nor counts as degraded without it.
    """

    kind: str
    environment: Mapping[str, str] = field(default_factory=dict)
    files: tuple[File, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Database:
    """A database that the service owns in the instance of `postgres` that it needs."""

    name: str
    role: str
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One kind of service with its defaults; settings may override port, limits and image."""

    kind: str
    summary: str
    port: int
    container_port: int
    probe: Probe
    image: Image | None = None  # None: runs natively on its host, or the settings name the image
    native: bool = False
    passwords: tuple[str, ...] = ()  # of a native service; those of a container stand in its files
    memory_mb: int = 256
    shared_memory_share: float = 0  # of the memory limit, for /dev/shm; 0 leaves it at Docker's 64 MB
    cpus: float = 1.0
    disk_gb: float = 0.5
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    secret_environment: Mapping[str, str] = field(default_factory=dict)
    files: tuple[File, ...] = ()
    live: Live | None = None
    volumes: tuple[Volume, ...] = ()
    tmpfs: tuple[str, ...] = ()
    read_only: bool = False  # nothing but volumes and `tmpfs` can be written; every file lies in SECRETS_FOLDER
    user: str | None = None
    capabilities: tuple[str, ...] = ()
    healthcheck: Healthcheck | None = None
    needs: tuple[str, ...] = ()
    wants: tuple[Want, ...] = ()
    database: Database | None = None
    bucket: str | None = None  # made in the s3 service that it needs
    serves_models: bool = False
    stands_before: str | None = None  # kind whose place it takes for all others, where it is their nearest
    certified: bool = False  # gets a certificate of the environment's authority for every name that it is reached by
    uses_gpu: bool = False  # gets the cards of a rented machine
    site_volume: str | None = None  # where a folder of built pages is delivered to
    routable: bool = False
    rehearsed: bool = True
    replicable: bool = False  # several of its containers can share one volume
