"""Messages to the user through the engine's log, shown at the resource that they concern."""

import grpc

from providers.common.protos import packages_without_their_code

with packages_without_their_code():
    from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

DEADLINE_S = 10


class EngineLog:
    """Sends lines to the engine at `address`; connects at the first line."""

    def __init__(self, address: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def info(self, urn: str, line: str) -> None:
        self._log(engine_pb2.INFO, urn, line)

    def warning(self, urn: str, line: str) -> None:
        self._log(engine_pb2.WARNING, urn, line)

    def _log(self, severity: engine_pb2.LogSeverity.ValueType, urn: str, line: str) -> None:
        self._engine.Log(engine_pb2.LogRequest(severity=severity, urn=urn, message=line), timeout=DEADLINE_S)
