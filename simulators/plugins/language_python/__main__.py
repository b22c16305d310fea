"""Entry of the language host: started by the engine with its address as the last argument."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

from providers.common.lifetime import Lifetime
from simulators.plugins.language_python.children import Children
from simulators.plugins.language_python.host import LanguageHost
from simulators.plugins.language_python.protocol import language_pb2_grpc

MESSAGE_LIMIT = 400 * 1024 * 1024  # the engine's own limit
WORKERS = 64  # one is taken by the program and one by each plugin by path, for as long as they run


def serve(engine_address: str) -> None:
    """Prints the port on one line and serves until an interrupt or until the engine is gone."""
    lifetime, programs, plugins = Lifetime(), Children(), Children()
    limits = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=limits)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(engine_address, programs, plugins), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    lifetime.wait()
    programs.stop()
    plugins.stop()
    sys.stdout.flush()
    os._exit(0)  # the threads of cancelled calls would delay an orderly end


if __name__ == "__main__":
    serve(sys.argv[-1])
