"""`python -m access_check`: serves until it is told to end."""

from __future__ import annotations

import logging
import os
import sys

from aiohttp import web

from access_check.app import Check
from access_check.settings import read_settings


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    try:
        settings = read_settings(os.environ)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    web.run_app(Check(settings).app(), port=settings.port, access_log=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
