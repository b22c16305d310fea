"""The volume of a web service on the engine of its host, and the releases in it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import subprocess
import tarfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from components.site_folder import SiteFolder
from operations.docker_cli import DockerCli
from operations.failure import Failure

SECONDS = 900.0
SCRIPT = Path(__file__).with_name("release.sh")
CONFINED = (
    "--init", "--user", "0:0", "--network", "none", "--read-only",
    "--cap-drop", "ALL", "--cap-add", "DAC_OVERRIDE", "--security-opt", "no-new-privileges",
)  # fmt: skip
"""The pages belong to root, so that nginx, which runs as another user, can only read them."""
FIRST_TIME, TIME_SPAN = 946_684_800, 788_400_000
"""2000-01-01 and 25 years, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release that is in the volume; `delivered` is UTC."""

    digest: str
    delivered: str
    files: int


@dataclass(frozen=True, kw_only=True)
class State:
    """`served` is empty before the first delivery; `releases` are sorted by their last delivery, the newest last."""

    served: str
    releases: tuple[Release, ...]

    @property
    def newest(self) -> str:
        return self.releases[-1].digest if self.releases else ""

    def named(self, prefix: str) -> str:
        """The digest that begins so. Raises Failure when there is none, or more than one."""
        found = [release.digest for release in self.releases if release.digest.startswith(prefix)]
        if len(found) != 1:
            cause = f"{len(found) or 'no'} releases begin with {prefix!r}"
            raise Failure(cause, "scripts/site releases")
        return found[0]


@dataclass(frozen=True, kw_only=True)
class SiteVolume:
    """`image` is that of the service, by an identifier that the engine knows: nothing else has to be there."""

    docker: DockerCli
    image: str
    volume: str

    def state(self) -> State:
        served, *lines = self._run("state").splitlines() or [""]
        rows = [line.split() for line in lines]
        return State(
            served=served, releases=tuple(Release(digest=row[0], delivered=row[1], files=int(row[2])) for row in rows)
        )

    def activate(self, digest: str, keep: int) -> None:
        self._run("activate", digest, str(keep + 1))

    def rollback(self, digest: str) -> str:
        """The digest that is served now; an empty one asks for the release before."""
        return self._run("rollback", *([digest] if digest else [])).strip()

    def receive(self, site: SiteFolder, keep: int) -> None:
        """Sends the pages and serves them once all have arrived. Raises Failure with what is served as before."""
        order = ("receive", site.digest, str(len(site.files)), str(site.size), str(keep + 1))
        with self.docker.start(
            *self._command(order), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as receiving:
            deadline = threading.Timer(SECONDS, receiving.kill)
            deadline.start()
            try:
                self._send(site, receiving)
                said = receiving.communicate()[0].decode(errors="replace").strip()
            except BaseException:
                receiving.kill()
                raise
            finally:
                late = not deadline.is_alive()
                deadline.cancel()
        if receiving.returncode:
            cause = f"not done within {SECONDS:.0f} s" if late else said or f"it ended with {receiving.returncode}"
            remedy = "the release before is still served; run the same command again"
            raise Failure(f"{self.volume} on {self.docker.place}: {cause}", remedy)

    def _send(self, site: SiteFolder, receiving: subprocess.Popen[bytes]) -> None:
        assert receiving.stdin  # noqa: S101  (it is a pipe)
        # Of a broken pipe the other side says why.
        with contextlib.suppress(BrokenPipeError):
            try:
                with tarfile.open(fileobj=receiving.stdin, mode="w|", format=tarfile.GNU_FORMAT) as archive:
                    manifest = site.manifest.encode()
                    archive.addfile(_member("manifest", len(manifest), 0), io.BytesIO(manifest))
                    digests = (line.partition(" ")[0] for line in site.manifest.splitlines())
                    for (name, path), digest in zip(site.files.items(), digests, strict=True):
                        with path.open("rb") as file:
                            size = file.seek(0, io.SEEK_END)
                            file.seek(0)
                            archive.addfile(_member(f"pages/{name}", size, modified(digest)), file)
            finally:
                receiving.stdin.close()
                receiving.stdin = None

    def _run(self, *order: str) -> str:
        return self.docker.run(*self._command(order), timeout=SECONDS)

    def _command(self, order: Sequence[str]) -> tuple[str, ...]:
        mount = ("--volume", f"{self.volume}:/site", "--entrypoint", "/bin/sh")
        script = SCRIPT.read_text(encoding="utf-8")
        return ("run", "--rm", "--interactive", *CONFINED, *mount, self.image, "-c", script, "release", *order)


def modified(digest: str) -> int:
    """A file's time, by its content: nginx makes the ETag of time and size, and what has not changed stays cached."""
    return FIRST_TIME + int(hashlib.sha256(digest.encode()).hexdigest()[:12], 16) % TIME_SPAN


def _member(name: str, size: int, time: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o644, time
    return member
