"""The environment variables of an application that uses a database: one list for `.env` and for `.env.example`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from planning.managed_databases import PlannedDatabase


@dataclass(frozen=True, kw_only=True)
class Variable:
    """`example` stands in `.env.example`; `given` is who gives the value: the platform, or the person who runs it."""

    name: str
    purpose: str
    example: str
    given: bool = True


def variables(database: PlannedDatabase) -> tuple[Variable, ...]:
    """What an application of this database reads, in the order of the files."""
    address = f"@HOST:5432/{database.name}"
    fixed = (
        Variable(
            name="DATABASE_URL",
            purpose="Where the application reads. This login cannot write.",
            example=f"postgresql://{database.current['read'].name}:PASSWORD{address}",
        ),
        Variable(
            name="INGEST_DATABASE_URL",
            purpose="Where ingestion writes. For its jobs only, never for the running application.",
            example=f"postgresql://{database.current['ingest'].name}:PASSWORD{address}",
        ),
        Variable(
            name="PGSSL_MODE",
            purpose="Whether the driver has to speak TLS.",
            example="require",
        ),
        Variable(
            name="PGSSLMODE",
            purpose="The same for libpq, which reads it by itself: TLS, and with no other server than ours.",
            example="verify-full",
        ),
        Variable(
            name="PGSSLROOTCERT",
            purpose="Certificate of the authority that the server's own comes from.",
            example="authority.pem",
        ),
        Variable(name="EMBEDDING_MODEL", purpose="Name of the embedding model.", example="text-embedding-3-large"),
        Variable(
            name="EMBEDDING_DIMENSION", purpose="Numbers in one vector.", example=database.variables["dimension"]
        ),
        Variable(name="EMBED_BATCH_SIZE", purpose="Texts in one request for embeddings.", example="64"),
        Variable(
            name="OPENAI_API_KEY", given=False, example="",
            purpose="Only where the embedding model is a paid one. Not the platform's: fill it in yourself.",
        ),
    )  # fmt: skip
    return (*fixed, *_tables(database))


def render(wanted: Iterable[Variable], values: Mapping[str, str]) -> str:
    """A file in the form that shells and dotenv readers take. A variable without a value has its example."""
    return "\n".join(_lines(wanted, values)) + "\n"


def _lines(wanted: Iterable[Variable], values: Mapping[str, str]) -> Iterator[str]:
    for variable in wanted:
        yield f"# {variable.purpose}"
        yield f"{variable.name}={_quoted(values.get(variable.name, variable.example))}"


def _tables(database: PlannedDatabase) -> Iterator[Variable]:
    for table, name in database.tables.items():
        yield Variable(name=f"TABLE_{table.upper()}", purpose=f"Name of the table {table}.", example=name)


def _quoted(value: str) -> str:
    plain = value and all(character.isalnum() or character in "_-.:/@%+=" for character in value)
    return value if plain or not value else "'" + value.replace("'", "'\\''") + "'"
