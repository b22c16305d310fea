"""Redis on a Mac itself, under a LaunchDaemon of ours."""

from __future__ import annotations

from dataclasses import dataclass

from hosts.directory import Directory
from hosts.mac import places
from hosts.mac.launch_daemon import LaunchDaemon
from hosts.step import Step

FORMULA = "redis"
PROGRAMS = places.programs(FORMULA)
PASSWORD_LINE = "requirepass "  # noqa: S105  (what stands before it, see runtime/mac/76-redis.sh)


@dataclass(frozen=True, kw_only=True)
class Redis:
    """One server. `listen` is an address, or * for all; `secret` names its password, of letters and digits."""

    name: str = "redis"
    port: int = 6379
    listen: str = "*"
    memory_mb: int = 256
    secret: str = "password.redis"  # noqa: S105  (its name)

    @property
    def data(self) -> str:
        """Its data directory."""
        return places.data(self.name)

    @property
    def file(self) -> str:
        """Its configuration file, which holds the password."""
        return f"{places.configuration(self.name)}/redis.conf"

    def directories(self) -> tuple[Directory, ...]:
        """Folders above its data and of its configuration."""
        return (Directory(path=places.DATA, mode=0o700), Directory(path=places.configuration(self.name)))

    def daemon(self, user: str, home: str) -> LaunchDaemon:
        """The server in the foreground."""
        program = (f"{PROGRAMS}/redis-server", self.file)
        return LaunchDaemon(name=self.name, program=program, user=user, home=home, exit_seconds=60)

    def steps(self, user: str, home: str) -> tuple[Step, ...]:
        """Data once, configuration, server."""
        secret = (self.secret,)
        text = self._settings()
        configuration = (self.file, f"{user}:staff", text, self.secret)
        probe = ("probe_redis", PROGRAMS, str(self.port), self.secret)
        server = self.daemon(user, home).step(60, probe, before=("step_redis", str(self.port)), reads=self.file)
        return (
            Step(f"data {self.name}", 60, "step_data", (self.data, self.name, "accept_any", "fill_empty")),
            Step(f"file {self.file}", 30, "step_redis_configuration", configuration, secrets=secret, shown=text),
            Step(server.name, server.seconds, server.function, server.arguments, secrets=secret, shown=server.shown),
        )

    def _settings(self) -> str:
        return (
            f"bind {'*' if self.listen == '*' else f'127.0.0.1 {self.listen}'}\n"
            f"port {self.port}\n"
            f"dir {self.data}\n"
            "appendonly yes\n"
            f"maxmemory {self.memory_mb}mb\n"
            "daemonize no\n"
        )
