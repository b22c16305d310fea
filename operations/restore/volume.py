"""Restores a data volume into a new one beside it, reads it back, then changes contents while the service stands."""

from __future__ import annotations

import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Protocol

from operations.backup.archive import Hashed, members, tar_onto
from operations.backup.manifest import Part, VolumeFacts
from operations.backup.read_back import digest_of
from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.ollama.deadline import Deadline
from operations.restore.restored import Members, checked, stamp

START_SECONDS = 300.0
COPY = "cp -a /from/. /to/ && sync"
# One that was cut off in between is gone over again by the next restore: /from is whole until it has ended.
REPLACE = "find /to -mindepth 1 -maxdepth 1 -exec rm -rf {} + && cp -a /from/. /to/ && sync"


class Reader(Protocol):
    """What a member of an archive is read from."""

    def read(self, size: int = -1) -> bytes: ...


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
    made = RestoredVolume(target=target, name=f"{facts.volume}-restoring-{stamp()}", live=facts.volume)
    target.make(made.name)
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


def fill(target: VolumeTarget, name: str, given: Iterator[tuple[tarfile.TarInfo, Reader]]) -> None:
    """Puts members with their owners and rights into a volume. Raises Failure where that did not end well."""
    arguments = target.helper({name: "/to"}, "tar", "-C", "/to", "-xpf", "-")
    with ExitStack() as stack:
        process = stack.enter_context(target.docker.start(*arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE))
        assert process.stdin and process.stderr  # noqa: S101  (both are pipes)
        try:
            with process.stdin as stdin, tar_onto(stdin) as tar:
                for info, content in given:
                    tar.addfile(info, content)
        except BrokenPipeError:
            pass
        except BaseException:
            process.kill()
            raise
        said = process.stderr.read().decode(errors="replace").strip()
        if process.wait(timeout=target.deadline.left(name)):
            raise Failure(f"{name}: {said or 'tar did not end well'}", "is the disk full?")


def require_held(target: VolumeTarget, name: str, wanted: dict[str, str]) -> None:
    """Reads a volume back. Raises Failure where it does not hold exactly the files with these digests."""
    arguments = target.helper({name: "/from"}, "tar", "-C", "/from", "-cf", "-", ".")
    with target.docker.start(*arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout  # noqa: S101  (it is a pipe)
        found, links = _read(process.stdout)
    # Which of several names of a file is the file, and which are links to it, depends on the order of the folder.
    differing = sorted(path for path, digest in wanted.items() if (found | links).get(path) != digest)
    differing += sorted(found.keys() - wanted.keys()) if len(found) != len(wanted) else []
    if differing:
        cause = f"{name} differs from what was saved: {', '.join(differing[:5])}; the live volume was not touched"
        raise Failure(cause, "use another backup")


def _read(stream: IO[bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Digests by path: of files, and of further names of them."""
    found: dict[str, str] = {}
    links: dict[str, str] = {}
    for info, content in members(stream):
        path = info.name.removeprefix("./")
        if info.isreg():
            found[path] = digest_of(content)
        elif info.islnk():
            links[path] = found.get(info.linkname.removeprefix("./"), "")
    return found, links
