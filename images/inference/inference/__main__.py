"""`python -m inference embed` or `python -m inference rerank` serves until SIGTERM; `fetch` gets a
model beforehand, `export` makes one.

Exit codes: 0 stopped on request, 1 the model could not be loaded, 2 wrong usage or settings.
"""

import logging
import os
import sys

import uvicorn
from fastapi import FastAPI

from inference import logs, settings
from inference.embed import embed_app, embed_service
from inference.models import ModelError
from inference.rerank import rerank_app, rerank_service
from inference.service import ModelT, Service

LOG = logging.getLogger("inference")
KEEP_ALIVE_SECONDS = 75


def main(arguments: list[str]) -> int:
    """Serves the named service; the environment is described in settings.Settings."""
    if arguments[:1] == ["fetch"]:
        from inference import fetch  # noqa: PLC0415 - the services never need the download library

        return fetch.main(arguments[1:])
    if arguments[:1] == ["export"]:
        from inference.export import command  # noqa: PLC0415 - nor what reads and writes graphs

        return command.main(arguments[1:])
    logs.configure()
    try:
        match arguments:
            case ["embed"]:
                embedding = embed_service(settings.load("embed", os.environ))
                return serve(embedding, embed_app(embedding))
            case ["rerank"]:
                reranking = rerank_service(settings.load("rerank", os.environ))
                return serve(reranking, rerank_app(reranking))
    except (settings.SettingsError, ModelError) as error:
        LOG.error(str(error))
        return 2
    LOG.error("usage: python -m inference embed | rerank | fetch MODEL REVISION | export SOURCE TARGET")
    return 2


def serve(service: Service[ModelT], app: FastAPI) -> int:
    """Serves until SIGTERM, then finishes what has begun."""
    chosen = service.settings
    logs.configure(chosen.log_level)
    config = uvicorn.Config(
        app,
        host=chosen.host,
        port=chosen.port,
        log_config=None,
        access_log=False,
        # Longer than the pools of callers and proxies keep a connection, so that they are the ones to end it.
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=chosen.shutdown_timeout,
    )
    server = uvicorn.Server(config)
    service.on_failure = lambda: setattr(server, "should_exit", True)
    server.run()
    return 1 if service.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
