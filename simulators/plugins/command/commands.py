"""The two kinds of commands: on this machine, and on another one over SSH."""

from collections.abc import Coroutine
from typing import Any, ClassVar

from typing_extensions import override

from providers.common.schema import Field
from providers.common.values import Properties
from simulators.plugins.command.command_resource import CommandResource
from simulators.plugins.command.connection_fields import CONNECTION
from simulators.plugins.command.job import Job
from simulators.plugins.command.local_run import run_local


class LocalCommand(CommandResource):
    """Runs with this machine's `/bin/sh -c`, or the interpreter that is given, in `dir`."""

    token = "command:local:Command"  # noqa: S105 - a type token
    fields: ClassVar = {**CommandResource.fields, "dir": Field(), "interpreter": Field()}

    @override
    def run(self, job: Job, inputs: Properties, urn: str) -> Coroutine[Any, Any, None]:
        return run_local(job, inputs.get("interpreter") or (), inputs.get("dir"))


class RemoteCommand(CommandResource):
    """Runs with the login shell of the connection's user."""

    token = "command:remote:Command"  # noqa: S105 - a type token
    fields: ClassVar = {**CommandResource.fields, "connection": CONNECTION}

    @override
    def run(self, job: Job, inputs: Properties, urn: str) -> Coroutine[Any, Any, None]:
        from simulators.plugins.command.remote_run import run_remote  # noqa: PLC0415 - 0.2 s a preview need not pay

        return run_remote(job, inputs["connection"], warn=lambda line: self.log().warning(urn, line))
