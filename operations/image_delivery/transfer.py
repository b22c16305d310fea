"""One archive on its way: room, bytes with progress, digest, load. Goes on where an earlier attempt stopped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from operations.failure import Failure
from operations.image_delivery.archive import Archive
from operations.image_delivery.landing import Disk, Landing

ATTEMPTS = 4
PAUSE_SECONDS = 3.0
EVERY_SECONDS = 5.0
SPARE = 200_000_000
"""Bytes that must stay free on every disk."""


def transfer(image: str, archive: Archive, landing: Landing) -> None:
    """Raises Failure when there is no room, the connection breaks again and again, or the engine refuses."""
    _require_room(image, archive, landing)
    _send(image, archive, landing)
    if not landing.is_whole(archive):
        # Left by a power cut, or damaged on its way.
        print(f"{image}: what is there is damaged; sending it anew", file=sys.stderr, flush=True)
        landing.remove(archive.name)
        _send(image, archive, landing)
        if not landing.is_whole(archive):
            landing.remove(archive.name)
            cause = f"{image} arrived damaged on {landing.login.place}, twice"
            raise Failure(cause, "look at the disk and the memory of that machine, then run the same command again")
    landing.load(archive.name)
    landing.remove(archive.name)


def missing_room(packed: int, unpacked: int, home: Disk, engine: Disk | None) -> list[str]:
    """What does not fit: the archive in the home folder, and two copies of its content at the engine while it loads."""
    needed = {home.mount: packed + SPARE}
    free = {home.mount: home.free}
    if engine:
        needed[engine.mount] = needed.get(engine.mount, SPARE) + 2 * unpacked
        free[engine.mount] = engine.free
    return [
        f"{mount} has {free[mount] / 1e9:.1f} GB left, and needs {needed[mount] / 1e9:.1f} GB"
        for mount in needed
        if free[mount] < needed[mount]
    ]


def _require_room(image: str, archive: Archive, landing: Landing) -> None:
    held = min(landing.size(archive.name), archive.size)
    missing = missing_room(archive.size - held, archive.unpacked, landing.home, landing.engine)
    if missing:
        cause = f"there is no room for {image} on {landing.login.place}: {'; '.join(missing)}"
        raise Failure(cause, "remove what is not needed there (docker system df), then run the same command again")


def _send(image: str, archive: Archive, landing: Landing) -> None:
    reached, futile = 0, 0
    while True:
        landing.deadline.left(landing.login.place)
        try:
            held = landing.size(archive.name)
            if held > archive.size:
                landing.remove(archive.name)
                held = 0
            if held == archive.size:
                return
            if held > reached:
                reached, futile = held, 0
            if held:
                print(f"{image}: {held / 1e6:.1f} MB are there already", file=sys.stderr, flush=True)
            landing.write(archive, held, _progress(image, archive.size, held))
        except Failure as failure:
            futile += 1
            if futile == ATTEMPTS:
                cause = str(failure).partition("\n    -> ")[0]
                remedy = "run the same command again: it goes on where it stopped"
                raise Failure(f"{image} could not be sent to {landing.login.place}: {cause}", remedy) from None
            print(f"{image}: {failure}; trying again", file=sys.stderr, flush=True)
            time.sleep(PAUSE_SECONDS)


def _progress(image: str, size: int, held: int) -> Callable[[int], None]:
    began = printed = time.monotonic()

    def show(done: int) -> None:
        nonlocal printed
        now = time.monotonic()
        if now > printed + EVERY_SECONDS or done == size:
            printed = now
            rate = max(0, done - held) / 1e6 / max(now - began, 0.001)
            share = f"{done / 1e6:.1f} of {size / 1e6:.1f} MB ({done / size:.0%}), {rate:.1f} MB/s"
            print(f"{image}: {share}", file=sys.stderr, flush=True)

    return show
