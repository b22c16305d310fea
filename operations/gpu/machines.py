"""The rented machines of this project in an account. Foreign machines are counted and never touched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from operations.gpu.account import TensorDockAccount, understood
from operations.project import stack_names
from providers.tensordock.client.errors import NotFound
from providers.tensordock.client.instance import Instance
from providers.tensordock.client.status import STOPPED, Status
from providers.tensordock.plugin.identity import LONGEST, of_name
from providers.tensordock.plugin.operation import Operation

READ_S = 300.0


@dataclass(frozen=True, kw_only=True)
class OurMachine:
    """One machine whose name carries our namespace. What the API does not tell is None or empty."""

    name: str
    stack: str | None
    """None: no stack file of this checkout has that name."""
    resource: str
    instance_id: str
    status: Status
    hourly_micro_usd: int | None
    """Millionths of a dollar an hour at present."""
    gpu: str

    @property
    def stopped(self) -> bool:
        """Whether it is switched off. It costs its disk at least."""
        return self.status in STOPPED

    def stands_for(self, host: str) -> bool:
        """Whether it was rented for that host of its stack, as far as its name tells: a long one was cut off."""
        wanted, cut_off = _plain(host), len(self.name) >= LONGEST - 1
        return self.resource == wanted or (cut_off and wanted.startswith(self.resource))

    def now(self, found: Instance) -> OurMachine:
        """The same machine as it was read just now."""
        return replace(self, status=found.status, hourly_micro_usd=found.hourly, gpu=card(found) or self.gpu)


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What one look at an account shows."""

    ours: list[OurMachine]
    foreign: frozenset[str]
    """Ids of all others: for counting, and for nothing else."""


def our_machines(account: TensorDockAccount, *, reserved: bool = False) -> list[OurMachine]:
    """Our machines, each read by itself. Raises Failure where the account cannot tell: an error is no empty list.

    `reserved`: for what is to stop machines, with the calls that are kept for that.
    """
    return survey(account, reserved=reserved).ours


def survey(account: TensorDockAccount, *, reserved: bool = False) -> Survey:
    """Our machines, and which others there are: one call, and one for each machine of ours."""
    operation = account.operation(READ_S, reserved=reserved)
    with understood():
        listed = operation.api.instances()
        ours = [each for each in listed if is_ours(each.name, account.namespace)]
        read = [_read(operation, each) for each in ours]
    machines = [machine(found, account.namespace, stack_names()) for found in read]
    foreign = frozenset(each.id for each in listed) - {each.id for each in ours}
    return Survey(ours=sorted(machines, key=lambda each: each.name), foreign=foreign)


def is_ours(name: str, namespace: str) -> bool:
    """Whether a machine's name was made by the provider in this namespace."""
    return of_name(name) is not None and name.startswith(f"{_plain(namespace)}-")


def machine(found: Instance, namespace: str, stacks: Sequence[str]) -> OurMachine:
    """One of our machines, with the stack and the resource that its name tells. Pure."""
    words = found.name[: -len("-12345678-123456")].removeprefix(f"{_plain(namespace)}-")
    stack = max((each for each in stacks if f"{words}-".startswith(f"{each}-")), key=len, default=None)
    return OurMachine(
        name=found.name,
        stack=stack,
        resource=words.removeprefix(f"{stack}-") if stack else words,
        instance_id=found.id,
        status=found.status,
        hourly_micro_usd=found.hourly,
        gpu=card(found),
    )


def card(found: Instance) -> str:
    """The cards of a machine: `geforcertx4090-pcie-24gb`, with `2 x` before it where there are two."""
    cards = [(each.count, each.model or key) for key, each in found.resources.gpus.items()]
    return ", ".join(model if count == 1 else f"{count} x {model}" for count, model in cards)


def _read(operation: Operation, listed: Instance) -> Instance:
    """The machine itself; as the list has it where it is listed and cannot be found: it may exist and cost money."""
    try:
        return operation.api.instance(listed.id)
    except NotFound:
        return listed


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
