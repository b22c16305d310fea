"""The plugin's process: serves on a free local port, says which, ends with the engine."""

import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc

from providers.common.engine_log import EngineLog
from providers.common.lifetime import Lifetime
from providers.common.protos import provider_pb2_grpc
from providers.tensordock.plugin.account import Surroundings
from providers.tensordock.plugin.provider import TensorDockProvider
from providers.tensordock.plugin.servicer import TensorDockServicer

WORKERS = 64  # more than the engine's default parallelism
GRACE_S = 4.0  # what a running operation gets; the engine kills a plugin 5 s after its signal to end


def serve(engine_address: str) -> None:
    """Prints the port on one line, then serves until SIGINT, SIGTERM or the end of the engine."""
    lifetime = Lifetime()
    provider = TensorDockProvider(Surroundings(log=_log(engine_address)))
    server = grpc.server(ThreadPoolExecutor(WORKERS))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(TensorDockServicer(provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    lifetime.wait()
    server.stop(GRACE_S).wait(GRACE_S)
    os._exit(0)  # an operation that outlived the grace would hold an orderly end up


def _log(engine_address: str) -> Callable[[str, str], None]:
    engine = EngineLog(engine_address)

    def log(urn: str, line: str) -> None:
        with contextlib.suppress(grpc.RpcError):  # a line that nobody reads must not end what it tells of
            engine.info(urn, line)

    return log
