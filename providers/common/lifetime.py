"""How long a plugin process lives: as long as the engine that started it."""

import gc
import os
import signal
import stat
import sys
import threading


class Lifetime:
    """Ends at SIGINT, SIGTERM or the end of the engine. To be made in the main thread before anything is served.

    Garbage is looked for from now on, and not among what was imported, which lives as long as the process does.

    A signal can arrive in any thread, also in one of the protocol library, which would leave the main thread
    asleep on a lock; the wake-up descriptor is written wherever the signal arrives.
    """

    def __init__(self) -> None:
        gc.freeze()
        gc.enable()
        self._wake, self._awake = os.pipe()
        os.set_blocking(self._awake, False)
        signal.set_wakeup_fd(self._awake)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: None)
        threading.Thread(target=self._watch_engine, daemon=True).start()

    def wait(self) -> None:
        """Returns when the process has to end."""
        os.read(self._wake, 1)

    def _watch_engine(self) -> None:
        """The engine holds our standard input open while it lives, also when it is killed without a signal."""
        if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
            sys.stdin.read()
            os.write(self._awake, b"\0")
