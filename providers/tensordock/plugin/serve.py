"""The plugin's process, and the way of its messages to the person who runs the engine."""

import contextlib
from collections.abc import Callable

import grpc

from providers.common import server
from providers.common.engine_log import EngineLog
from providers.tensordock.plugin.account import Surroundings
from providers.tensordock.plugin.provider import TensorDockProvider
from providers.tensordock.plugin.servicer import TensorDockServicer


def serve(engine_address: str) -> None:
    """Prints the port on one line, then serves until SIGINT, SIGTERM or the end of the engine."""
    server.serve(TensorDockProvider(Surroundings(log=_log(engine_address))), TensorDockServicer)


def _log(engine_address: str) -> Callable[[str, str], None]:
    engine = EngineLog(engine_address)

    def log(urn: str, line: str) -> None:
        with contextlib.suppress(grpc.RpcError):  # a line that nobody reads must not end what it tells of
            engine.info(urn, line)

    return log
