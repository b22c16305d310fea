"""One TensorDock resource under a small model of the engine, against a simulated account, all in one process.

The real servicer is called, so that checks, differences, partial states and secrets take their real way; only the
transport of either protocol is left out. A history of operations takes milliseconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import grpc

from providers.common.protos import provider_pb2
from providers.common.secrets import plain
from providers.common.values import Properties, from_struct, to_struct
from providers.tensordock.plugin.account import Surroundings
from providers.tensordock.plugin.provider import TensorDockProvider
from providers.tensordock.plugin.servicer import TensorDockServicer
from simulators.reply import Reply, Request
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SimulatorClock
from simulators.tensordock.faults import Fault
from simulators.tensordock.in_process import URL, WaitingAdvances, session
from simulators.tensordock.ledger import Interval
from simulators.tensordock.service import TOKEN, Service
from tests.engine.plugin_process import PartialCreation, Refusal, _raise_partial

URN = "urn:pulumi:dev-inference::platform::tensordock:index:Instance::gpu"
CARD = "geforcertx4090-pcie-24gb"
INSTANCE: Mapping[str, Any] = {
    "image": "ubuntu2404",
    "gpuModel": CARD,
    "vcpuCount": 4,
    "ramGb": 16,
    "storageGb": 100,
    "maxHourlyPrice": 1,
    "sshKey": "ssh-ed25519 AAAA me",
    "waitForSsh": False,
}


class Killed(BaseException):
    """The process ends here, as by SIGKILL: nothing catches this."""


class Aborted(grpc.RpcError):
    """An answer that is an error, as a client sees it."""

    def __init__(self, text: str, metadata: Any) -> None:
        self._text, self._metadata = text, metadata

    def details(self) -> str:
        return self._text

    def trailing_metadata(self) -> Any:
        return self._metadata


class Context:
    """The server's side of one call."""

    def __init__(self) -> None:
        self._metadata: Any = ()

    def set_trailing_metadata(self, metadata: Any) -> None:
        self._metadata = metadata

    def abort(self, _code: grpc.StatusCode, text: str) -> None:
        raise Aborted(text, self._metadata)


@dataclass
class Recorded:
    """What the engine's state holds of the resource."""

    identifier: str
    inputs: Properties
    outputs: Properties
    errors: list[str] = field(default_factory=list)


class Rig:
    """The resource, its engine and its account. Every method is one whole run of the CLI."""

    urn = URN
    base: ClassVar[Mapping[str, Any]] = INSTANCE

    def __init__(self, folder: Path, poll_s: float = 5, **behaviour: Any) -> None:
        clock = SimulatorClock(running=False, start=1_700_000_000_000_000)
        self.service = Service(Account(clock))
        self.account.behaviour.calls_per_minute = None
        for name, value in behaviour.items():
            setattr(self.account.behaviour, name, value)
        self.folder, self._poll_s = folder, poll_s
        self.recorded: Recorded | None = None
        self.said: list[str] = []
        self.watch: Callable[[Request, Reply | None], None] | None = None
        self.plugin()

    @property
    def account(self) -> Account:
        return self.service.account

    def plugin(self) -> None:
        """A new process of the plugin."""
        through = session(self.service, lambda call, reply: self.watch(call, reply) if self.watch else None)
        provider = TensorDockProvider(Surroundings(WaitingAdvances(self.service), through, self._log))
        self.servicer: Any = TensorDockServicer(provider)
        given = {"apiToken": TOKEN, "baseUrl": URL, "pollSeconds": self._poll_s, "callsPerMinute": 1_000_000}
        self._answer(self.servicer.Configure, provider_pb2.ConfigureRequest(args=to_struct(given)))

    def _log(self, _urn: str, line: str) -> None:
        self.said.append(line)

    def up(self, **changed: Any) -> str:
        """What it did: created, same, updated or replaced. Raises Refusal or PartialCreation."""
        self.plugin()
        news = {**self.base, **changed}
        if self.recorded is None:
            return self._create(news)
        inputs = self._check(news, self.recorded.inputs)
        request = provider_pb2.DiffRequest(urn=self.urn, olds=to_struct(self.recorded.outputs), news=to_struct(inputs))
        difference = self._answer(self.servicer.Diff, request)
        if difference.replaces:
            assert difference.deleteBeforeReplace
            self._delete()
            self._create(news)
            return "replaced"
        if difference.changes != provider_pb2.DiffResponse.DIFF_SOME and not self.recorded.errors:
            return "same"
        self._update(inputs)
        return "updated"

    def refresh(self) -> None:
        self.plugin()
        if self.recorded is None:
            return
        known = self.recorded
        request = provider_pb2.ReadRequest(
            id=known.identifier, urn=self.urn, properties=to_struct(known.outputs), inputs=to_struct(known.inputs)
        )
        answer = self._answer(self.servicer.Read, request)
        self.recorded = (
            Recorded(answer.id, known.inputs, from_struct(answer.properties), known.errors) if answer.id else None
        )

    def destroy(self) -> None:
        self.plugin()
        if self.recorded is not None:
            self._delete()

    def faults(self, *faults: Fault) -> None:
        self.service.faults = list(faults)

    def existing(self) -> list[str]:
        """Ids of all machines that are there."""
        self.service.settle()
        return [vm.id for vm in self.account.existing()]

    def billing(self) -> list[Interval]:
        """What costs money now."""
        self.service.settle()
        return self.account.ledger.running()

    def output(self, name: str) -> Any:
        assert self.recorded is not None
        return plain(self.recorded.outputs).get(name)

    def _create(self, news: Properties) -> str:
        inputs = self._check(news, {})
        request = provider_pb2.CreateRequest(urn=self.urn, properties=to_struct(inputs))
        try:
            answer = self._answer(self.servicer.Create, request)
        except PartialCreation as partial:
            self.recorded = Recorded(partial.identifier, inputs, partial.state, [str(partial)])
            raise
        self.recorded = Recorded(answer.id, inputs, from_struct(answer.properties))
        return "created"

    def _update(self, inputs: Properties) -> None:
        assert self.recorded is not None
        known = self.recorded
        request = provider_pb2.UpdateRequest(
            id=known.identifier, urn=self.urn, olds=to_struct(known.outputs), news=to_struct(inputs)
        )
        try:
            answer = self._answer(self.servicer.Update, request)
        except PartialCreation as partial:
            self.recorded = Recorded(partial.identifier, inputs, partial.state, [str(partial)])
            raise
        self.recorded = Recorded(known.identifier, inputs, from_struct(answer.properties))

    def _delete(self) -> None:
        assert self.recorded is not None
        request = provider_pb2.DeleteRequest(
            id=self.recorded.identifier, urn=self.urn, properties=to_struct(self.recorded.outputs)
        )
        self._answer(self.servicer.Delete, request)
        self.recorded = None

    def _check(self, news: Properties, olds: Properties) -> Properties:
        request = provider_pb2.CheckRequest(
            urn=self.urn, news=to_struct(news), olds=to_struct(olds), randomSeed=b"seed"
        )
        answer = self._answer(self.servicer.Check, request)
        if answer.failures:
            raise Refusal("; ".join(f"{each.property} {each.reason}" for each in answer.failures))
        return from_struct(answer.inputs)

    @staticmethod
    def _answer(method: Any, request: Any) -> Any:
        try:
            return method(request, Context())
        except Aborted as error:
            _raise_partial(error)
            raise Refusal(error.details()) from None
