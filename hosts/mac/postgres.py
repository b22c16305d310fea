"""PostgreSQL with pgvector on a Mac itself, under a LaunchDaemon of ours."""

from __future__ import annotations

from dataclasses import dataclass

from hosts.directory import Directory
from hosts.file import File
from hosts.mac import places
from hosts.mac.launch_daemon import LaunchDaemon
from hosts.step import Step

MAJOR = "16"
FORMULA = f"postgresql@{MAJOR}"
PROGRAMS = places.programs(FORMULA)
SOCKETS = "/tmp"  # noqa: S108  (where Homebrew's clients look)
# SIGTERM waits for clients to go; then it is a power cut.
EXIT_SECONDS = 60
SETTINGS, CERTIFICATE, KEY = "postgresql.conf", "server.crt", "server.key"


@dataclass(frozen=True, kw_only=True)
class PostgresDatabase:
    """A database with the role that owns it. `secret` names the role's password."""

    name: str
    role: str
    secret: str
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """One server. `listen` is an address, or * for all; `sources` are the networks that may log in, by TLS only.

    `certificate` and `key` name the secrets (PEM) that its TLS shows, `secret` the administrator's password. The user
    who logs in to the Mac is the administrator over the local socket, so neither a new password nor data that outlived
    its stack needs the old one.
    """

    name: str = "postgres"
    port: int = 5432
    listen: str = "*"
    sources: tuple[str, ...] = ()
    memory_mb: int = 1024
    secret: str = "password.postgres"  # noqa: S105  (its name)
    certificate: str = "certificate.postgres.certificate"
    key: str = "certificate.postgres.key"
    databases: tuple[PostgresDatabase, ...] = ()

    @property
    def data(self) -> str:
        """Its data directory."""
        return places.data(self.name)

    def directories(self) -> tuple[Directory, ...]:
        """Folders above its data and of its configuration."""
        return (Directory(path=places.DATA, mode=0o700), Directory(path=places.configuration(self.name)))

    def files(self, user: str) -> tuple[File, ...]:
        """Its configuration, beside the data: a data directory can be moved without it.

        The key is the server's own: it refuses one that others may read (19.9.1 of its manual).
        """
        folder = places.configuration(self.name)
        texts = {
            SETTINGS: self._settings(),
            "pg_hba.conf": self._access(),
            "pg_ident.conf": f"owner {user} postgres\n",
        }
        plain = (File(path=f"{folder}/{name}", owner="root:wheel", content=text) for name, text in texts.items())
        owner = f"{user}:staff"
        return (
            *plain,
            File(path=f"{folder}/{CERTIFICATE}", owner=owner, secret=self.certificate, mode=0o600),
            File(path=f"{folder}/{KEY}", owner=owner, secret=self.key, mode=0o600),
        )

    def daemon(self, user: str, home: str) -> LaunchDaemon:
        """The server in the foreground."""
        folder = places.configuration(self.name)
        # After a power cut another process of the user may have the number that the old server left in its pid file:
        # PostgreSQL would refuse to start for ever.
        script = (
            f"pid=$(head -n 1 {self.data}/postmaster.pid 2>/dev/null); "
            f'case $(ps -p "${{pid:-0}}" -o comm=) in *postgres*) ;; *) rm -f {self.data}/postmaster.pid;; esac; '
            f"exec {PROGRAMS}/postgres -D {self.data} -c config_file={folder}/{SETTINGS}"
        )
        return LaunchDaemon(
            name=self.name,
            program=("/bin/sh", "-c", script),
            user=user,
            home=home,
            environment={"LC_ALL": "C"},
            exit_seconds=EXIT_SECONDS,
        )

    def steps(self, user: str, home: str) -> tuple[Step, ...]:
        """Data once, configuration, server, passwords, databases.

        Other settings need a new start. Who may log in and what TLS shows are read again while it serves.
        """
        files = self.files(user)
        settings, *read_again = (file.path for file in files)
        cluster = (self.data, self.name, "accept_cluster", "fill_cluster", PROGRAMS, MAJOR, self.secret)
        port, secret = str(self.port), (self.secret,)
        address = "127.0.0.1" if self.listen == "*" else self.listen
        daemon = self.daemon(user, home)
        server = daemon.step(
            180,
            ("probe_postgres", PROGRAMS, address, port),
            before=("step_postgres", self.data, PROGRAMS, port),
            reads=settings,
        )
        reload = (daemon.label, "\n".join(read_again), PROGRAMS, port)
        password = (PROGRAMS, port, self.secret)
        return (
            Step(f"data {self.name}", 120, "step_data", cluster, secrets=secret),
            *(file.step() for file in files),
            server,
            Step(f"reload {self.name}", 60, "step_postgres_reload", reload),
            Step(f"administrator of {self.name}", 60, "step_administrator", password, secrets=secret),
            *(self._database(database) for database in self.databases),
        )

    def _database(self, database: PostgresDatabase) -> Step:
        names = (PROGRAMS, str(self.port), database.name, database.role, database.secret, *database.extensions)
        return Step(f"database {database.name}", 120, "step_database", names, secrets=(database.secret,))

    def _settings(self) -> str:
        folder = places.configuration(self.name)
        return (
            f"listen_addresses = '{'*' if self.listen == '*' else f'localhost,{self.listen}'}'\n"
            f"port = {self.port}\n"
            f"unix_socket_directories = '{SOCKETS}'\n"
            f"hba_file = '{folder}/pg_hba.conf'\n"
            f"ident_file = '{folder}/pg_ident.conf'\n"
            f"shared_buffers = {self.memory_mb // 4}MB\n"
            f"effective_cache_size = {self.memory_mb * 3 // 4}MB\n"
            f"maintenance_work_mem = {max(64, self.memory_mb // 16)}MB\n"
            "password_encryption = 'scram-sha-256'\n"
            "ssl = on\n"
            f"ssl_cert_file = '{folder}/{CERTIFICATE}'\n"
            f"ssl_key_file = '{folder}/{KEY}'\n"
            "ssl_min_protocol_version = 'TLSv1.2'\n"
        )

    def _access(self) -> str:
        """What comes from the Mac itself never leaves it; whatever comes from a network speaks TLS."""
        here = [f"host all all {address} scram-sha-256" for address in ("127.0.0.1/32", "::1/128")]
        networks = [f"hostssl all all {network} scram-sha-256" for network in self.sources]
        return "\n".join(["local all postgres peer map=owner", "local all all scram-sha-256", *here, *networks]) + "\n"


def pgvector_step() -> Step:
    """Has pgvector built for the server that is installed. Long: it is compiled."""
    return Step("pgvector", 900, "step_pgvector", (PROGRAMS,))
