"""One run of a command, wherever it runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.plugins.command.outputs import Outputs


@dataclass(frozen=True, slots=True)
class Job:
    """What to run, with which input and variables, and where what it says goes.

    `previous` are variables with an earlier run's outputs, which a command can do without.
    """

    command: str
    stdin: str | None
    environment: Mapping[str, str]
    previous: Mapping[str, str]
    outputs: Outputs

    def failure(self, cause: str) -> str:
        """The text of an error: cause, command and all it said, as the official plugin puts it; never its input."""
        quoted = self.command.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{cause}: running "{quoted}":\n{self.outputs.everything()}'
