"""Restores a data volume into a new one beside it, reads it back, then changes contents while the service stands."""

from __future__ import annotations

import subprocess
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

from operations.backup.archive import Hashed
from operations.backup.manifest import Part, VolumeFacts
from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.ollama.deadline import Deadline
from operations.restore.place import fill, require_held
from operations.restore.restored import Members, checked, stamp

START_SECONDS = 300.0
COPY = "cp -a /from/. /to/ && sync"
# One that was cut off in between is gone over again by the next restore: /from is whole until it has ended.
REPLACE = "find /to -mindepth 1 -maxdepth 1 -exec rm -rf {} + && cp -a /from/. /to/ && sync"


@dataclass(frozen=True, kw_only=True)
class VolumeTarget:
    """The engine that has the volume, and the service's container; its image brings the tools."""

    docker: DockerCli
    environment: str
    service: str
    container: str
    deadline: Deadline

    def make(self, name: str) -> None:
        labels = {"environment": self.environment, "service": self.service}
        flags = [f"--label=ai-platform.{key}={value}" for key, value in labels.items()]
        self.docker.run("volume", "create", *flags, name)

    def helper(self, mounts: dict[str, str], *command: str) -> tuple[str, ...]:
        """Arguments of a container of the service's own image that sees only these volumes."""
        image = self.docker.run("inspect", "--format", "{{.Image}}", self.container).strip()
        volumes = [part for name, path in mounts.items() for part in ("--volume", f"{name}:{path}")]
        program, *arguments = command
        return ("run", "--rm", "--interactive", "--network=none", "--user=0", *volumes, f"--entrypoint={program}",
                image, *arguments)  # fmt: skip

    def beside(self, volume: str) -> RestoredVolume:
        """Raises Failure for data of a Mac itself: its files belong to nobody whom a container knows."""
        if not volume:
            cause = f"the data of {self.service} was saved on a Mac itself, and it runs in a container now"
            raise Failure(cause, "restore it to a service that runs natively")
        name = f"{volume}-restoring-{stamp()}"
        self.make(name)
        return RestoredVolume(target=self, name=name, live=volume)

    def unpack(self, name: str) -> subprocess.Popen[bytes]:
        arguments = self.helper({name: "/to"}, "tar", "-C", "/to", "-xpf", "-")
        return self.docker.start(*arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE)

    def pack(self, name: str) -> subprocess.Popen[bytes]:
        arguments = self.helper({name: "/from"}, "tar", "-C", "/from", "-cf", "-", ".")
        return self.docker.start(*arguments, stdout=subprocess.PIPE)

    def look(self, name: str, program: str, file: str) -> tuple[int, str]:
        arguments = self.helper({name: "/from"}, program, f"/from/{file}")
        done = self.docker.attempt(*arguments, timeout=self.deadline.left(name))
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace").strip()

    def copy(self, script: str, source: str, target: str) -> None:
        arguments = self.helper({f"{source}": "/from", target: "/to"}, "sh", "-c", script)
        self.docker.run(*arguments, timeout=self.deadline.left(target))


@dataclass(frozen=True, kw_only=True)
class RestoredVolume:
    """`name` is the new volume, `live` the one that the service uses."""

    target: VolumeTarget
    name: str
    live: str

    def switch(self) -> str:
        """The service stands meanwhile. The old contents stay in a volume of their own."""
        docker, before = self.target.docker, f"{self.live}-before-{stamp()}"
        self.target.make(before)
        docker.run("stop", self.target.container, timeout=120)
        self.target.copy(COPY, self.live, before)
        self.target.copy(REPLACE, self.name, self.live)
        docker.run("start", self.target.container, timeout=120)
        self._until_healthy()
        self.discard()
        return (
            f"{self.live} is switched; the old contents are in {before}, and go by: {docker.command} volume rm {before}"
        )

    def discard(self) -> None:
        self.target.docker.run("volume", "rm", "--force", self.name)

    def _until_healthy(self) -> None:
        until = time.monotonic() + START_SECONDS
        template = "{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}"
        while (state := self._state(template)) not in ("healthy", "running"):
            if time.monotonic() > until:
                cause = f"{self.target.container} is {state} {START_SECONDS:.0f} s after its data was restored"
                raise Failure(cause, f"{self.target.docker.command} logs {self.target.container}")
            time.sleep(1)

    def _state(self, template: str) -> str:
        return self.target.docker.run("inspect", "--format", template, self.target.container).strip()


def restore_volume(target: VolumeTarget, part: Part, given: Members) -> RestoredVolume:
    """The volume beside the live one, verified. Raises Failure, and then nothing of it stays."""
    facts = part.facts
    assert isinstance(facts, VolumeFacts)  # noqa: S101  (the caller has looked)
    made = target.beside(facts.volume)
    try:
        fill(target, made.name, _unpacked(part, given))
        require_held(target, made.name, {file.path.removeprefix(f"{part.name}/"): file.sha256 for file in part.files})
    except BaseException:
        made.discard()
        raise
    return made


def _unpacked(part: Part, given: Members) -> Iterator[tuple[tarfile.TarInfo, Hashed]]:
    for info, content in checked(part, given):
        if info.islnk():
            info.linkname = info.linkname.removeprefix(f"{part.name}/")
        yield info, content
