"""`python -m access_check.version` prints which version of its file the running check answers by; nothing for none."""

from __future__ import annotations

import json
import os
import sys
from http.client import HTTPConnection

from access_check.settings import read_settings

SECONDS = 5


def main() -> int:
    asked = HTTPConnection("127.0.0.1", read_settings(os.environ).port, timeout=SECONDS)
    asked.request("GET", "/keys")
    print(json.load(asked.getresponse())["version"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
