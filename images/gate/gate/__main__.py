"""`python -m gate`: serves until it is told to end."""

from __future__ import annotations

import logging
import os
import sys

from aiohttp import web

from gate.app import Gate
from gate.settings import read_settings
from gate.traffic import Traffic


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    try:
        settings = read_settings(os.environ)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    # A client that goes away ends its request at Ollama too.
    web.run_app(Gate(settings, Traffic()).app(), port=settings.port, access_log=None, handler_cancellation=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
