"""Drives a resource plugin over its protocol, as the engine does."""

import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
from google.protobuf import empty_pb2

from providers.common.protos import provider_pb2, provider_pb2_grpc, status_pb2
from providers.common.values import Properties, from_struct, to_struct

REPOSITORY = Path(__file__).resolve().parents[2]
DEADLINE = 60.0


class PartialCreation(Exception):
    """The plugin says that the resource exists, but is not complete."""

    def __init__(self, identifier: str, state: Properties, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.identifier = identifier
        self.state = state


class Refusal(Exception):
    """The plugin reported a failure."""


class PluginProcess:
    """One running plugin. `create` and the like take and give Python values; secrets are `Secret`."""

    def __init__(self, module: str, environment: dict[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, "127.0.0.1:1"],
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._channel = grpc.insecure_channel(f"127.0.0.1:{int(self._process.stdout.readline())}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(signal.SIGINT)

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """Send the signal; the exit status and all that was printed since the port."""
        self._channel.close()
        self._process.send_signal(number)
        out, err = self._process.communicate(timeout=DEADLINE)
        return self._process.returncode, out + err

    def end_of_engine(self) -> int:
        """Close the standard input, as the death of the engine does; the exit status."""
        self._channel.close()
        self._process.communicate(timeout=DEADLINE)
        return self._process.returncode

    def cancel(self) -> None:
        """What the engine does when the user interrupts it."""
        self.stub.Cancel(empty_pb2.Empty(), timeout=DEADLINE)

    def configure(self, **configuration: Any) -> None:
        self._answer(self.stub.Configure, provider_pb2.ConfigureRequest(args=to_struct(configuration)))

    def check(self, token: str, inputs: Properties, name: str = "it", old: Properties | None = None) -> Properties:
        """The checked inputs; raises `Refusal` with all failures."""
        request = provider_pb2.CheckRequest(
            urn=_urn(token, name), news=to_struct(inputs), olds=to_struct(old or {}), randomSeed=b"seed"
        )
        answer = self._answer(self.stub.Check, request)
        if answer.failures:
            raise Refusal("; ".join(f"{each.property} {each.reason}" for each in answer.failures))
        return from_struct(answer.inputs)

    def create(
        self, token: str, inputs: Properties, name: str = "it", *, preview: bool = False
    ) -> tuple[str, Properties]:
        request = provider_pb2.CreateRequest(
            urn=_urn(token, name), properties=to_struct(self.check(token, inputs, name)), preview=preview
        )
        answer = self._answer(self.stub.Create, request)
        return answer.id, from_struct(answer.properties)

    def diff(self, token: str, state: Properties, inputs: Properties, *ignored: str) -> dict[str, str]:
        """The kind of difference of each property path, like `UPDATE_REPLACE`."""
        request = provider_pb2.DiffRequest(
            urn=_urn(token, "it"),
            olds=to_struct(state),
            news=to_struct(self.check(token, inputs)),
            ignoreChanges=ignored,
        )
        answer = self._answer(self.stub.Diff, request)
        assert bool(answer.detailedDiff) == (answer.changes == provider_pb2.DiffResponse.DIFF_SOME)
        return {path: provider_pb2.PropertyDiff.Kind.Name(each.kind) for path, each in answer.detailedDiff.items()}

    def read(self, token: str, identifier: str, state: Properties) -> Properties | None:
        request = provider_pb2.ReadRequest(id=identifier, urn=_urn(token, "it"), properties=to_struct(state))
        answer = self._answer(self.stub.Read, request)
        return from_struct(answer.properties) if answer.id else None

    def update(self, token: str, identifier: str, state: Properties, inputs: Properties) -> Properties:
        request = provider_pb2.UpdateRequest(
            id=identifier, urn=_urn(token, "it"), olds=to_struct(state), news=to_struct(self.check(token, inputs))
        )
        return from_struct(self._answer(self.stub.Update, request).properties)

    def delete(self, token: str, identifier: str, state: Properties, timeout: float = 0) -> None:
        request = provider_pb2.DeleteRequest(
            id=identifier, urn=_urn(token, "it"), properties=to_struct(state), timeout=timeout
        )
        self._answer(self.stub.Delete, request)

    def _answer(self, method: Any, request: Any) -> Any:
        try:
            return method(request, timeout=DEADLINE)
        except grpc.RpcError as error:
            _raise_partial(error)
            raise Refusal(error.details()) from error


def _raise_partial(error: grpc.RpcError) -> None:
    metadata: Any = error.trailing_metadata()
    for key, value in metadata or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            failed = provider_pb2.ErrorResourceInitFailed()
            if status.details and status.details[0].Unpack(failed):
                raise PartialCreation(failed.id, from_struct(failed.properties), list(failed.reasons)) from error


def _urn(token: str, name: str) -> str:
    return f"urn:pulumi:stack::project::{token}::{name}"
