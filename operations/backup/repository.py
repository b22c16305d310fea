"""One restic repository. Its password and keys go by files that the child reads, never by arguments."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from operations.backup.restic import failed, program
from operations.backup.snapshot import Snapshot
from operations.failure import Failure

SHORT = 300.0
"""Seconds for what moves no data; the longest wait for a far store."""
ENDING_SECONDS = 10.0
"""For a restic that has broken off to say why, or to give its lock back."""
PAUSE_SECONDS = 2.0
LOCKED = "already locked"
ABSENT = ("Is there a repository at the following location", "unable to open config file", "does not exist")


@dataclass(frozen=True, kw_only=True)
class Repository:
    """All methods raise Failure with restic's own words. `variables` are those of the child: paths, no secrets.

    `patience`: seconds that a list of snapshots may take.
    """

    location: str
    variables: Mapping[str, str] = field(repr=False)
    options: tuple[str, ...] = ()
    patience: float = SHORT

    def exists(self) -> bool:
        """Whether a repository is there. One that cannot be reached, or that another password opens, is a Failure."""
        done = self._run("cat", "config", "--no-lock", seconds=SHORT)
        if done.returncode and not any(part in done.stderr for part in ABSENT):
            raise failed("the repository cannot be opened", self.location, done.stderr)
        return done.returncode == 0

    def make(self) -> None:
        self.must("init", seconds=SHORT)

    def snapshots(self, *tags: str) -> list[Snapshot]:
        """Those that have all the tags, oldest first. Takes no lock."""
        wanted = ("--tag", ",".join(tags)) if tags else ()
        listed = json.loads(self.must("snapshots", "--json", "--no-lock", *wanted, seconds=self.patience)) or []
        return sorted((Snapshot.model_validate(one) for one in listed), key=lambda one: one.time)

    @contextlib.contextmanager
    def saving(self, name: str, tags: Sequence[str], seconds: float) -> Iterator[IO[bytes]]:
        """A stream whose bytes become a snapshot when the block ends well; when not, restic is ended before it could.

        A snapshot from a killed run may be cut off all the same: what makes one count comes after it.
        """
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                self._command("backup", "--stdin", "--stdin-filename", name, *_tags(tags), "--quiet"),
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=dict(self.variables),
            )  # fmt: skip
            late = threading.Timer(seconds, process.kill)
            late.start()
            broken = False
            try:
                assert process.stdin  # noqa: S101  (it is a pipe)
                yield process.stdin
                process.stdin.close()
                process.wait()
            except BrokenPipeError:
                process.wait()
                broken = True
            finally:
                late.cancel()
                _end(process)
                with contextlib.suppress(BrokenPipeError), process:
                    pass
            if process.returncode or broken:
                said.seek(0)
                raise self._broken_off("the backup was not stored", process, said.read(), seconds)

    def save_file(self, file: Path, tags: Sequence[str]) -> None:
        """One small file as a snapshot of its own, whole or not at all."""
        self.must("backup", file.name, *_tags(tags), "--quiet", seconds=SHORT, folder=file.parent)

    @contextlib.contextmanager
    def reading(self, snapshot: str, path: str, seconds: float) -> Iterator[IO[bytes]]:
        """A file of a snapshot as a stream, each of its blocks checked by restic; the block may leave before its end.

        Where restic broke off, what the block then stumbled over is raised as a Failure with restic's words.
        """
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                self._command("dump", "--quiet", snapshot, path),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=dict(self.variables),
            )  # fmt: skip
            late = threading.Timer(seconds, process.kill)
            late.start()
            try:
                assert process.stdout  # noqa: S101  (it is a pipe)
                yield process.stdout
            except Exception:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=ENDING_SECONDS)
                if not process.returncode:
                    raise
                said.seek(0)
                raise self._broken_off("the backup cannot be read", process, said.read(), seconds) from None
            finally:
                late.cancel()
                _end(process)
                with process:
                    pass

    def must(self, *arguments: str, seconds: float, folder: Path | None = None) -> str:
        """What restic printed."""
        done = self._run(*arguments, seconds=seconds, folder=folder)
        if done.returncode:
            raise failed(f"restic {arguments[0]}", self.location, done.stderr)
        return done.stdout

    def alone(self, *arguments: str, seconds: float) -> None:
        """A command that no other may run beside. Waits for others; what dead ones have locked is let go of first."""
        until = time.monotonic() + seconds
        while True:
            self.must("unlock", "--quiet", seconds=SHORT)
            done = self._run(*arguments, "--quiet", seconds=max(1.0, until - time.monotonic()))
            if not done.returncode:
                return
            if LOCKED not in done.stderr or time.monotonic() + PAUSE_SECONDS > until:
                raise failed(f"restic {arguments[0]}", self.location, done.stderr)
            time.sleep(PAUSE_SECONDS)

    def _run(self, *arguments: str, seconds: float, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                self._command(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                timeout=seconds, check=False, env=dict(self.variables), cwd=folder,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            cause = f"restic {arguments[0]} ({self.location}) was not done within {seconds:.0f} s"
            raise Failure(cause, "does the store answer? then run the same command again") from None

    def _broken_off(self, what: str, process: subprocess.Popen[bytes], said: bytes, seconds: float) -> Failure:
        if process.returncode == -signal.SIGKILL:
            cause = (
                f"{what} ({self.location}): restic was ended at the deadline of {seconds:.0f} s, or killed from outside"
            )
            return Failure(cause, "give it more time: --deadline SECONDS; or look at the memory of this machine")
        return failed(what, self.location, said.decode(errors="replace"))

    def _command(self, *arguments: str) -> list[str]:
        return [program(), *self.options, *arguments]


def _end(process: subprocess.Popen[bytes]) -> None:
    """Interrupted, restic stores nothing and gives its lock back; one that does not end is killed."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=ENDING_SECONDS)
    process.kill()
    process.wait()


def _tags(tags: Sequence[str]) -> list[str]:
    return [part for tag in tags for part in ("--tag", tag)]
