"""Brings a machine about for a resource operation; when that fails, the engine learns what may exist and cost money."""

from providers.common.errors import PartialError, PluginError
from providers.common.values import Properties
from providers.tensordock.client.errors import TensorDockError
from providers.tensordock.plugin.convergence import Vanished, converge
from providers.tensordock.plugin.fields import INSTANCE
from providers.tensordock.plugin.inputs import InstanceInputs
from providers.tensordock.plugin.operation import Operation
from providers.tensordock.plugin.placement import NoPlace
from providers.tensordock.plugin.power import GpuTaken
from providers.tensordock.plugin.readiness import Unusable
from providers.tensordock.plugin.record import Record
from providers.tensordock.plugin.state import state_of


def bring_about(operation: Operation, record: Record, inputs: Properties, identifier: str | None = None) -> None:
    """The machine of these inputs, in the record.

    `identifier` is that of an existing resource. Raises PartialError where something may exist, or where an existing
    resource has changed; PluginError where nothing was made.
    """
    wanted = InstanceInputs.model_validate({name: value for name, value in inputs.items() if name in INSTANCE})
    try:
        converge(operation, record, wanted)
    except Vanished as error:
        raise PluginError(
            f"VM {record.name}: {error}; run `pulumi refresh`, then `pulumi up` shows a new one"
        ) from error
    except (TensorDockError, NoPlace, GpuTaken, Unusable) as error:
        record.gpu_taken = isinstance(error, GpuTaken)
        text = _told(record, wanted, error)
        if identifier is None and not record.may_exist:
            raise PluginError(text) from error
        raise PartialError(text, identifier or record.name, state_of(record, inputs)) from error


def _told(record: Record, wanted: InstanceInputs, error: Exception) -> str:
    if not record.may_exist:
        return f"VM {record.name}: {error}"
    advice = ""
    if isinstance(error, GpuTaken):
        advice = (
            ". Its card is taken: the next `pulumi up` replaces it, and its disk is lost; "
            "the resource option `protect` prevents that"
        )
    elif isinstance(error, Unusable) and record.ready:
        advice = ". To restart it, set `running` to false and then to true; `pulumi up --replace` gives up its disk"
    return record.page("bring up" if wanted.running else "stop", f"{error}{advice}")
