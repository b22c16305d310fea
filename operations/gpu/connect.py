"""Holds the services of a GPU stack open on this machine, on 127.0.0.1, until Ctrl-C.

Nothing of a rented machine can be reached from the Internet but its SSH server: every way leads through its login.
Exit codes: 0 ended by Ctrl-C; 1 a machine lets nobody in, or the way was lost; 2 wrong usage, or the stack is not up.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from operations.failure import USAGE, Failure, guarded
from operations.gpu.forwarding import reachable_outputs
from operations.project import require_stack
from operations.ssh_forward import is_free

LOOK_SECONDS = 1.0


def main() -> int:
    description, _, codes = (__doc__ or "").rpartition("\n")
    parser = argparse.ArgumentParser(prog="scripts/gpu-connect", description=description, epilog=codes)
    parser.add_argument("stack", metavar="STACK", help="e.g. prod-inference")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return guarded(lambda: connect(arguments.stack))


def connect(stack: str) -> None:
    """Says where each service is. Raises Failure when a machine goes off meanwhile."""
    require_stack(stack)
    with reachable_outputs(stack, same=True) as outputs:
        if not outputs.machines:
            raise Failure(f"{stack} rents no machine: its services have addresses of their own",
                          f"scripts/health -s {stack}", USAGE)  # fmt: skip
        for endpoint in outputs.endpoints:
            print(f"  {endpoint['name']:<14} {endpoint['url']}")
        print("open until Ctrl-C", flush=True)
        _hold(stack, {str(each["name"]): urlsplit(each["url"]).port or 0 for each in outputs.endpoints})


def _hold(stack: str, ports: Mapping[str, int]) -> None:
    try:
        while not (lost := [name for name, port in ports.items() if is_free(port)]):
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        print("closed")
        return
    raise Failure(f"the way to {', '.join(lost)} of {stack} was lost", f"scripts/gpu-status; scripts/up -s {stack}")


if __name__ == "__main__":
    sys.exit(main())
