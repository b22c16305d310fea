"""A database of the settings: roles, logins and extensions first, then its migrations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pulumi
import pulumi_command as command
from pulumi import CustomTimeouts, ResourceOptions

from components.docker_access import DockerAccess
from hosts.mac.postgres import PROGRAMS, SOCKETS
from planning.managed_databases import PlannedDatabase
from planning.plan import Container, Plan, PlannedService


@dataclass(frozen=True, kw_only=True)
class ManagedDatabaseArgs:
    """`server` is how its administrator is reached, as operations/databases/server.py reads it.

    `backed_up`: backups of the environment take the database, so one is made before its tables change.
    """

    stack: str
    planned: PlannedDatabase
    server: dict[str, Any]
    secrets: Mapping[str, pulumi.Output[str]]
    backed_up: bool = False


class ManagedDatabase(pulumi.ComponentResource):
    """Makes what is missing, closes former logins, runs pending migrations; never drops a database.

    Destroying it leaves the database as it is. A preview shows changed migrations and logins by their names.
    """

    ready: command.local.Command
    """There once the migrations have run, or the roles where there are none."""

    def __init__(self, name: str, args: ManagedDatabaseArgs, opts: ResourceOptions | None = None) -> None:
        planned = args.planned
        shown = {
            "logins": [login.name for login in planned.logins],
            "migrations": {one.label: one.checksum(planned.variables)[:16] for one in planned.migrations},
        }
        super().__init__("ai-platform:index:ManagedDatabase", name, shown, opts)
        roles = {
            "database": planned.name, "owner": planned.owner, "ingest": planned.ingest, "read": planned.read,
        }  # fmt: skip
        self.ready = self._command(
            f"{name}-roles",
            "scripts/databases-apply",
            {
                "server": args.server,
                "roles": roles,
                "logins": [
                    {"name": login.name, "role": login.role, "password": args.secrets[f"password.{login.password}"]}
                    for login in planned.logins
                ],
                "closed": list(planned.closed),
                "extensions": [{"name": one.name, "least": list(one.least)} for one in planned.extensions],
            },
            [],
        )
        if planned.migrations:
            spec = {
                "stack": args.stack, "server": args.server, "roles": roles,
                "variables": dict(planned.variables), "files": [asdict(one) for one in planned.migrations],
                "backed_up": args.backed_up,
            }  # fmt: skip
            self.ready = self._command(f"{name}-migrations", "scripts/migrate-apply", spec, [self.ready])
        self.register_outputs({})

    def _command(
        self, name: str, script: str, spec: dict[str, Any], after: list[pulumi.Resource]
    ) -> command.local.Command:
        return command.local.Command(
            name,
            create=script,
            stdin=pulumi.Output.json_dumps(spec),
            add_previous_output_in_env=False,
            opts=ResourceOptions(
                parent=self, depends_on=after, custom_timeouts=CustomTimeouts(create="5h", update="5h")
            ),
        )


def container_server(container: Container, access: DockerAccess, container_id: pulumi.Input[str]) -> dict[str, Any]:
    """A server in a container; another container (perhaps on an empty volume) is looked at again."""
    return {
        "kind": "container",
        "docker_host": access.url,
        "ssh_options": list(access.ssh_options),
        "container": container.name,
        "container_id": container_id,
    }


def host_server(plan: Plan, service: PlannedService, generation: pulumi.Input[str]) -> dict[str, Any]:
    """A server on a host itself, which is reached as the host is."""
    host = plan.hosts[service.host]
    assert host.ssh is not None  # noqa: S101  (services outside containers are on hosts with a login)
    return {
        "kind": "host",
        "stack": plan.name,
        "name": service.host,
        "address": service.address,
        "login": host.ssh.model_dump(),
        "programs": PROGRAMS,
        "sockets": SOCKETS,
        "port": service.port,
        "generation": generation,
    }
