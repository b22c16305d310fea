"""What commands on this machine and over SSH have in common: when which command runs, and what is recorded."""

import secrets
from abc import abstractmethod
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, ClassVar

from typing_extensions import override

from providers.common.engine_log import EngineLog
from providers.common.resource import Call, Resource, Snapshot
from providers.common.schema import Failure, Field
from providers.common.values import UNKNOWN, Properties
from simulators.plugins.command.job import Job
from simulators.plugins.command.outputs import LOGGED, Outputs
from simulators.plugins.command.supervision import supervised

PREVIOUS_STDOUT, PREVIOUS_STDERR = "PULUMI_COMMAND_STDOUT", "PULUMI_COMMAND_STDERR"


class CommandResource(Resource):
    """Create runs `create`; any changed input runs `update`, else `create` again; delete runs `delete`."""

    fields: ClassVar[Mapping[str, Field]] = {
        "create": Field(),
        "update": Field(),
        "delete": Field(),
        "triggers": Field(replaces=True),
        "stdin": Field(),
        "environment": Field(),
        "logging": Field(),
        "addPreviousOutputInEnv": Field(),
    }
    outputs = ("stdout", "stderr")

    def __init__(self, log: Callable[[], EngineLog]) -> None:
        self.log = log

    @abstractmethod
    def run(self, job: Job, inputs: Properties, urn: str) -> Coroutine[Any, Any, None]:
        """Runs one command of the resource `urn`."""

    @override
    def failures(self, inputs: Properties) -> Iterable[Failure]:
        logging = inputs.get("logging")
        if logging is UNKNOWN or logging in LOGGED:
            return ()
        return [Failure("logging", f"is {logging!r}, it must be one of {', '.join(filter(None, LOGGED))}")]

    @override
    def planned(self, inputs: Properties, state: Properties) -> Properties:
        """What a command will say is known after it has run, also when it has run before."""
        return {**_arguments(inputs), **dict.fromkeys(self.outputs, UNKNOWN)}

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        said = self._execute(inputs.get("create"), inputs, {}, call)
        return Snapshot(secrets.token_hex(8), {**_arguments(inputs), **said})

    @override
    def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
        return Snapshot(identifier, state)

    @override
    def update(self, identifier: str, state: Properties, inputs: Properties, call: Call) -> Properties:
        command = inputs.get("update") or inputs.get("create")
        return {**_arguments(inputs), **self._execute(command, inputs, state, call)}

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        self._execute(state.get("delete"), state, state, call)

    def _execute(self, command: str | None, inputs: Properties, state: Properties, call: Call) -> Properties:
        """What the command said; without a command, what was said before."""
        if command is None:
            return {name: state.get(name, "") for name in self.outputs}
        previous: dict[str, str] = {}
        if inputs.get("addPreviousOutputInEnv") is not False:
            variables = {PREVIOUS_STDOUT: state.get("stdout"), PREVIOUS_STDERR: state.get("stderr")}
            previous = {name: value for name, value in variables.items() if value}
        outputs = Outputs(lambda line: self.log().info(call.urn, line), inputs.get("logging"))
        job = Job(command, inputs.get("stdin"), inputs.get("environment") or {}, previous, outputs)
        supervised(self.run(job, inputs, call.urn), call)
        return {name: outputs.text(name) for name in self.outputs}


def _arguments(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if not name.startswith("__")}
