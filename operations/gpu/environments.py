"""Which environment a GPU stack belongs to: `prod-inference` is the workload `inference` of `prod`."""

from __future__ import annotations

from operations.failure import USAGE, Failure
from operations.gpu.spend.fact import Fact
from operations.gpu.spend.ledger import ledger_of
from operations.gpu.spend.summing import existing
from operations.project import ROOT, require_name, require_stack, stack_names
from settings.problem import SettingsError
from settings.stack_file import read


def environment_of(stack: str) -> str:
    """The environment whose budget and ledger the stack's machines count for."""
    return stack.rpartition("-")[0] or stack


def stack_of(workload: str, environment: str) -> str:
    """The GPU stack of a workload.

    Raises Failure where there is no such file, or no rented machine in it; SettingsError where that cannot be told.
    """
    require_name(environment)
    stack = f"{environment}-{workload}"
    require_stack(stack)
    if stack not in gpu_stacks(environment):
        require_told(stack)
        raise Failure(f"{stack} rents no machine: no host of it is `kind: gpu_vm`", "known: " + _known(), USAGE)
    return stack


def gpu_stacks(environment: str | None = None) -> list[str]:
    """The stacks of this checkout, or of one environment of it, that rent machines, or still have one.

    Raises SettingsError for a file that is no YAML.
    """
    named = [stack for stack in stack_names() if environment in (None, environment_of(stack))]
    return [stack for stack in named if rents(stack) or believed(stack)]


def rents(stack: str) -> bool:
    """Whether a stack's file has a rented machine."""
    return any(host.rented for host in read(ROOT, stack).environment.hosts.values())


def believed(stack: str) -> list[Fact]:
    """The machines of the stack that exist as far as the ledger knows, whatever its settings say."""
    return existing(ledger_of(environment_of(stack)).readable(), stack)


def require_told(stack: str) -> None:
    """Raises SettingsError where the file's hosts or its budget are faulty: they are read as if they were not there."""
    parsed = read(ROOT, stack)
    faults = [problem for problem in parsed.problems if problem.path.partition(".")[0] in ("hosts", "budget")]
    if faults:
        raise SettingsError(parsed.file, faults, parsed.lines)


def environments() -> list[str]:
    """The environments of this checkout that have a GPU stack."""
    return sorted({environment_of(stack) for stack in gpu_stacks()})


def _known() -> str:
    return ", ".join(gpu_stacks()) or "none; a GPU stack is a file Pulumi.<environment>-<workload>.yaml"
