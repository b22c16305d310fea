"""Makes planned images two at a time, each after what it needs, the longest first, with a line for every step."""

import fcntl
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

import docker

from toolchain.image_build import ImageBuild, ImageFailed
from toolchain.image_engine import present_references
from toolchain.image_plan import PlannedImage
from toolchain.places import cache

PARALLEL = 2
HEARTBEAT_S = 20.0


@dataclass
class ImageQueue:
    """Works off one plan. `done` and `failed` say how it went; nothing is removed from the engine."""

    client: docker.DockerClient
    plan: Mapping[str, PlannedImage]
    certificates: Mapping[str, bytes]
    logs: Path
    done: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    _start: float = field(default_factory=time.monotonic)
    _doing: dict[str, str] = field(default_factory=dict)
    _ended: SimpleQueue[tuple[str, Exception | None]] = field(default_factory=SimpleQueue)

    def run(self, missing: set[str]) -> None:
        """Makes the missing images. After a failure nothing new starts; returns when all that started has ended."""
        self.done = {name: image.reference for name, image in self.plan.items() if name not in missing}
        waiting = set(missing)
        while self._doing or (waiting and not self.failed):
            if not self.failed:
                for name in self.ready(waiting)[: PARALLEL - len(self._doing)]:
                    waiting.remove(name)
                    self._begin(name)
            try:
                name, error = self._ended.get(timeout=HEARTBEAT_S)
            except Empty:
                for name, step in self._doing.items():
                    self._say(name, f"still at: {step}")
            else:
                self._settle(name, error)

    def ready(self, waiting: set[str]) -> list[str]:
        """Those whose needs are there, the one with the longest chain of builds behind it first."""
        ready = [name for name in waiting if all(need in self.done for need in self.plan[name].needs)]
        return sorted(ready, key=lambda name: (-self._weight_behind(name), name))

    def _weight_behind(self, name: str) -> int:
        behind = [self._weight_behind(other) for other, image in self.plan.items() if name in image.needs]
        return self.plan[name].folder.weight + max(behind, default=0)

    def _begin(self, name: str) -> None:
        self._doing[name] = "waiting for another run that makes it"
        # A daemon thread does not hold up an interrupted run: the engine ends a build when the connection closes.
        threading.Thread(target=self._work, args=(self.plan[name],), daemon=True).start()

    def _work(self, image: PlannedImage) -> None:
        try:
            self._make(image)
        except Exception as error:  # noqa: BLE001  (raised again in the thread that waits)
            self._ended.put((image.name, error))
        else:
            self._ended.put((image.name, None))

    def _make(self, image: PlannedImage) -> None:
        started = time.monotonic()
        with _lock(image.name):
            if present_references(self.client, [image.reference]):
                self._say(image.name, f"made by another run meanwhile: {image.reference}")
                return
            resolved = {need: self.done[need] for need in image.needs}
            log = self.logs / f"{image.name}.log"
            ImageBuild(
                self.client, image, resolved, self.certificates, log, lambda step: self._step(image.name, step)
            ).run()
        self._say(image.name, f"done after {_elapsed(started).strip()}: {image.reference}")

    def _settle(self, name: str, error: Exception | None) -> None:
        del self._doing[name]
        if error is None:
            self.done[name] = self.plan[name].reference
        elif isinstance(error, ImageFailed):
            self.failed[name] = str(error)
            self._say(name, "FAILED")
        else:
            raise error

    def _step(self, name: str, step: str) -> None:
        self._doing[name] = step
        self._say(name, step)

    def _say(self, name: str, text: str) -> None:
        sys.stderr.write(f"[{_elapsed(self._start)}] {name:<12} {text}\n")
        sys.stderr.flush()


def _elapsed(start: float) -> str:
    seconds = int(time.monotonic() - start)
    return f"{seconds // 60:2d}m{seconds % 60:02d}s"


@contextmanager
def _lock(name: str) -> Iterator[None]:
    """Two runs at once (two checkouts, one engine) make an image once: the second waits and finds it there."""
    folder = cache() / "locks"
    folder.mkdir(exist_ok=True)
    with (folder / f"image-{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
