"""Names to addresses, each name once, in threads that nothing waits for.

The event loop's own resolver cannot be abandoned: with a name server that does not answer, closing the loop waits for
the system's own retries (10 s and more), whatever deadline the probe has.
"""

import asyncio
import contextlib
import socket
import threading

Found = list[str] | OSError | UnicodeError


def is_literal(name: str) -> bool:
    """An IP address needs no look-up."""
    for family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            socket.inet_pton(family, name)
            return True
    return False


class Resolver:
    """The look-ups of one sweep. A caller that gives up leaves the look-up to the others."""

    def __init__(self) -> None:
        self._names: dict[str, asyncio.Future[Found]] = {}

    async def addresses(self, name: str) -> list[str]:
        """In the system's order of preference. Raises what the look-up raised: gaierror, or UnicodeError for a name
        that cannot be one."""
        if is_literal(name):
            return [name]
        if name not in self._names:
            self._names[name] = asyncio.get_running_loop().create_future()
            threading.Thread(target=_look_up, args=(name, self._names[name]), daemon=True).start()
        found = await asyncio.shield(self._names[name])
        if isinstance(found, list):
            return found
        raise found


def _look_up(name: str, future: "asyncio.Future[Found]") -> None:
    found: Found
    try:
        found = [str(address[0]) for *_, address in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as fault:
        found = fault
    with contextlib.suppress(RuntimeError):  # the sweep has ended and its loop is closed
        future.get_loop().call_soon_threadsafe(future.set_result, found)
