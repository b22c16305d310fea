"""The folder of a running container in which its service finds files that it takes up."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.rehearsal.spec import Upload
from operations.rehearsal.uploads import archive

SCRIPT = Path(__file__).with_name("folder.sh")
ANSWER_SECONDS = 30.0
PAUSE_SECONDS = 0.2
LAST_LINES = "20"


@dataclass(frozen=True, kw_only=True)
class LiveFolder:
    """`container` runs. Its service reads what lies in `folder`/current, and cannot write there unless it is root."""

    docker: DockerCli
    container: str
    folder: str

    def current(self) -> str:
        """The version that the service begins with after a start; empty before the first."""
        return self._order("current").strip()

    def receive(self, version: str, files: Mapping[str, str], check: Sequence[str]) -> None:
        """The files lie there as that version once the service itself has found them good.

        Raises Failure with the words of the service for files that it could not use.
        """
        incoming = f"{self.folder}/.incoming"
        self._order("empty")
        uploads = [Upload(file=f"/{path}", content=text, permissions="0444") for path, text in files.items()]
        self.docker.run("cp", "-", f"{self.container}:{incoming}", stdin=archive(uploads))
        self._run(*check, incoming)
        self._order("keep", version)

    def lead(self, version: str) -> None:
        """The service begins with that version from now on; with none if it is empty."""
        self._order("lead", *([version] if version else []))

    def reload(self, command: Sequence[str]) -> None:
        """Lets the running service take what is current. Raises Failure with its last words where it does not."""
        if not command:
            return
        try:
            self._run(*command)
        except Failure as failure:
            said = self.docker.attempt("logs", "--tail", LAST_LINES, self.container).stderr.decode(errors="replace")
            raise Failure(f"{str(failure).partition(chr(10))[0]}\n{said.strip()}", "") from None

    def until(self, version: str, command: Sequence[str]) -> None:
        """Raises Failure unless the service says in time that it answers by this version."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while (found := self.answering(command)) != version:
            if time.monotonic() > deadline:
                cause = f"{self.container} answers by {found or 'no configuration'} after {ANSWER_SECONDS:.0f} s"
                raise Failure(f"{cause}, not by {version}", f"{self.docker.command} logs {self.container}")
            time.sleep(PAUSE_SECONDS)

    def answering(self, command: Sequence[str]) -> str | None:
        """The version by which the service answers, perhaps an empty one; None where it does not."""
        done = self.docker.attempt("exec", self.container, *command)
        return None if done.returncode else done.stdout.decode(errors="replace").strip()

    def tidy(self) -> None:
        """Removes the versions before the current one."""
        self._order("tidy")

    def _order(self, *order: str) -> str:
        script = SCRIPT.read_text(encoding="utf-8")
        return self._run("/bin/sh", "-c", script, "folder", self.folder, *order, options=("--user", "0:0"))

    def _run(self, *command: str, options: Sequence[str] = ()) -> str:
        done = self.docker.attempt("exec", *options, self.container, *command)
        if done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise Failure(f"{self.container}: {said or f'ended with {done.returncode}'}", "")
        return done.stdout.decode(errors="replace")
