"""Where the services are: environment variables first, then the stack's outputs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from catalogue.postgres import DEFINITION as POSTGRES
from operations.databases.tls import tls_options
from operations.failure import USAGE, Failure
from operations.outputs import Outputs, OutputsError, stack_outputs
from operations.retrieval.remote import Remote, session
from planning.passwords import database_password


@dataclass(frozen=True)
class Connections:
    """Outputs are read only when a variable is not set, so the verb works far from any checkout's state."""

    stack: str
    environment: Mapping[str, str]
    read: Callable[[str], Outputs] = stack_outputs

    @classmethod
    def of(cls, stack: str) -> Connections:
        return cls(stack, os.environ)

    @classmethod
    @contextlib.contextmanager
    def reaching(cls, stack: str) -> Iterator[Connections]:
        """The same, while the block runs; services of rented machines are at hand through their logins.

        A GPU stack is completed by what its environment has and it has not.
        """
        try:
            rented = bool(stack_outputs(stack).machines)
        except OutputsError:
            rented = False  # whoever asks for an address that no variable gives is told
        if not rented:
            yield cls.of(stack)
            return
        # Imported here: it brings the provider's client, which most environments do not need.
        from operations.gpu.forwarding import services  # noqa: PLC0415

        with services(stack) as outputs:
            yield cls(stack, os.environ, lambda _: outputs)

    @property
    def remedy(self) -> str:
        """The command that shows what is down."""
        return f"scripts/health -s {self.stack}"

    @property
    def embed(self) -> Remote:
        return self._remote("embed", "EMBED_SERVICE_URL")

    @property
    def rerank(self) -> Remote:
        """Asked once only: there is a way on without it, so waiting for it is not worth the time."""
        return replace(self._remote("rerank", "RERANK_SERVICE_URL"), pool=session(0))

    @property
    def ollama(self) -> Remote:
        return self._remote("ollama", "OLLAMA_BASE_URL")

    @property
    def qdrant(self) -> tuple[str, str | None]:
        """Address and API key."""
        given = self.environment.get("QDRANT_URL")
        if given:
            return given, self.environment.get("QDRANT_API_KEY")
        key = self._outputs.credentials.get("qdrant")
        return self._outputs.url("qdrant"), key.get_secret_value() if key else None

    @property
    def chat_model(self) -> str:
        return self.environment.get("CHAT_MODEL") or self._outputs.models.chat

    @property
    def database(self) -> str:
        """Connection string with the password: for psycopg only, never for a message."""
        given = self.environment.get("DATABASE_URL")
        if given:
            return _checked(given)
        server = self._outputs.endpoint("postgres")
        address = urlsplit(str(server["url"]))
        definition = POSTGRES.database
        if definition is None:
            raise Failure("the catalogue gives postgres no database", "set DATABASE_URL", USAGE)
        name = database_password(definition.role)
        if name not in self._outputs.credentials:
            raise Failure(f"stack {self.stack} has no password {name}", f"make up STACK={self.stack}")
        return make_conninfo(
            host=address.hostname,
            port=address.port,
            dbname=definition.name,
            user=definition.role,
            password=self._outputs.credentials[name].get_secret_value(),
            **tls_options(self._outputs, str(server["name"])),
        )

    @cached_property
    def _outputs(self) -> Outputs:
        return self.read(self.stack)

    def _remote(self, service: str, variable: str) -> Remote:
        return Remote(service, self.environment.get(variable) or self._outputs.url(service), self.remedy)


def _checked(database_url: str) -> str:
    try:
        conninfo_to_dict(database_url)
    except psycopg.ProgrammingError:
        # Not the driver's own text: it quotes the value, password included.
        raise Failure(
            "DATABASE_URL is not a connection string", "postgresql://USER@HOST:PORT/DATABASE", USAGE
        ) from None
    return database_url
