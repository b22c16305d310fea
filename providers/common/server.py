"""The life of a plugin process: serve on a free local port, say which, end with the engine."""

import os
from concurrent.futures import ThreadPoolExecutor

import grpc

from providers.common.lifetime import Lifetime
from providers.common.protos import provider_pb2_grpc
from providers.common.resource import Provider
from providers.common.servicer import ProviderServicer

_MESSAGE_LIMIT = 400 * 1024 * 1024  # bytes; the engine's own limit
_WORKERS = 64  # more than the engine's default parallelism on 16 cores
_GRACE = 4.0  # seconds that a running operation gets; the engine kills a plugin 5 s after its signal to end


def serve(provider: Provider, servicer: type[ProviderServicer] = ProviderServicer) -> None:
    """Print the port on one line, then serve until SIGINT, SIGTERM or the end of the engine."""
    lifetime = Lifetime()
    options = [(f"grpc.max_{way}_message_length", _MESSAGE_LIMIT) for way in ("receive", "send")]
    server = grpc.server(ThreadPoolExecutor(_WORKERS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer(provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    lifetime.wait()
    server.stop(_GRACE).wait(_GRACE)
    os._exit(0)  # an operation that outlived the grace would hold an orderly end up
