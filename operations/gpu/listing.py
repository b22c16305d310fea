"""Our machines by one call for all of them: what a list leaves out is taken from what was read before.

A machine is read by itself only where its state is new, nobody knows its price, or the last read is an hour old.
"""

from __future__ import annotations

from collections.abc import Mapping

from operations.gpu.account import TensorDockAccount, understood
from operations.gpu.machines import READ_S, OurMachine, Survey, is_ours, machine
from operations.gpu.spend.fact import Fact
from operations.gpu.spend.reconciling import AGAIN_S
from operations.project import stack_names
from providers.tensordock.client.errors import NotFound
from providers.tensordock.client.instance import Instance
from providers.tensordock.plugin.operation import Operation


def listed(account: TensorDockAccount, known: Mapping[str, Fact], stacks: list[str] | None = None) -> Survey:
    """All of an account. `known`: what the ledger believes of each machine. Raises Failure, never an empty list."""
    operation, now = account.operation(READ_S, reserved=True), account.now()
    with understood():
        found = operation.api.instances()
        ours = [each for each in found if is_ours(each.name, account.namespace)]
        read = [_read(operation, each, known.get(each.id), now) for each in ours]
    names = stack_names() if stacks is None else stacks
    machines: list[OurMachine] = [machine(each, account.namespace, names) for each in read]
    mine = {each.id for each in ours}
    return Survey(
        ours=sorted(machines, key=lambda each: each.name),
        foreign=frozenset(each.id for each in found if each.id not in mine),
    )


def _read(operation: Operation, shown: Instance, last: Fact | None, now: int) -> Instance:
    if shown.hourly is not None:
        return shown
    old = last is None or last.status != shown.status or last.hourly_micro_usd is None or now - last.time >= AGAIN_S
    if not old and last is not None:
        return shown.model_copy(update={"hourly": last.hourly_micro_usd})
    try:
        return operation.api.instance(shown.id)
    except NotFound:
        return shown
