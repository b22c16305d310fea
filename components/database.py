"""A database, its role and its extensions, inside a Postgres container of the platform."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_command as command
from pulumi import ResourceOptions

from catalogue.definition import Database as DatabaseDefinition
from components.docker_access import DockerAccess


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """`container_id` is an input so that a new container (perhaps on an empty volume) is looked at again."""

    definition: DatabaseDefinition
    password: pulumi.Output[str]
    container: str
    container_id: pulumi.Input[str]
    access: DockerAccess


class Database(pulumi.ComponentResource):
    """Makes what is missing and sets the role's password; never drops or changes data. See operations/database.py."""

    ready: command.local.Command

    def __init__(self, name: str, args: DatabaseArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:Database", name, None, opts)
        spec = {
            "docker_host": args.access.url,
            "ssh_options": list(args.access.ssh_options),
            "container": args.container,
            "container_id": args.container_id,
            "database": args.definition.name,
            "role": args.definition.role,
            "password": args.password,
            "extensions": list(args.definition.extensions),
        }
        self.ready = command.local.Command(
            f"{name}-apply",
            create="scripts/database-apply",
            stdin=pulumi.Output.json_dumps(spec),
            add_previous_output_in_env=False,
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({})
