"""Runs the Pulumi CLI for this checkout, with its own environment and never with a question."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from operations.damaged_state import damage
from operations.failure import Failure, exit_status
from operations.locks import clear_dead, locks
from operations.project import ROOT, state_folder
from operations.stack_config import SALT, is_private, private_copy, with_salt
from toolchain.environment import environment
from toolchain.pulumi_cli import CliMissing

PROJECT = "ai-platform"
INTERRUPT_SECONDS = 30
"""For an engine that has run out of time to end in good order."""
CUT_OFF = "unexpected end of JSON"
HINTS = {
    "incorrect passphrase": "set the right PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
    "passphrase must be set": "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
    CUT_OFF: "a state file is cut off: put the .bak copy beside it in its place, then run again",
    "the stack is currently locked": "wait for that run; the lock of a dead one: scripts/pulumi cancel -s {stack}",
    "no resource plugin": "run: make setup",
    "failed to connect to any docker daemon": "start Docker, or run: make up",
}
"""Known endings of a run and what to do then, by a part of the engine's message."""


class Engine:
    """The CLI on one stack. `extra` is added to the environment of each run; `config` replaces the stack's own file.

    That the stack exists, and its state, are asked of the CLI once (each takes it a third of a second) until this
    object changes them. Of a change by another run meanwhile the update itself tells, by the stack's lock.

    Raises Failure where no CLI is installed.
    """

    def __init__(self, stack: str, extra: Mapping[str, str] | None = None, config: Path | None = None) -> None:
        self.stack = stack
        self._known_to_exist = False
        self._exported: str | None = None
        try:
            self._environment = {**environment(), **(extra or {})}
        except CliMissing as error:
            raise Failure(str(error), "or run: make setup") from None
        tracked = ROOT / f"Pulumi.{stack}.yaml"
        self._config = (
            private_copy(tracked, state_folder("stacks")) if config is None and is_private(tracked) else config
        )

    @property
    def options(self) -> tuple[str, ...]:
        """The stack and its settings, for a command that reads both."""
        return (*(("--config-file", str(self._config)) if self._config else ()), "-s", self.stack)

    @property
    def backend(self) -> str:
        return self._environment.get("PULUMI_BACKEND_URL", "")

    @property
    def passphrase(self) -> str:
        """Where the engine takes the passphrase of the stack's secrets from, in words; the engine's own order."""
        if "PULUMI_CONFIG_PASSPHRASE" in self._environment:
            return "the variable PULUMI_CONFIG_PASSPHRASE"
        file = self._environment.get("PULUMI_CONFIG_PASSPHRASE_FILE")
        return f"the file {file}" if file else "nowhere: set PULUMI_CONFIG_PASSPHRASE_FILE, if the backend needs one"

    def exists(self) -> bool:
        """Whether the backend knows the stack. Raises Failure when the backend cannot say.

        One damaged file of any stack in the backend is enough for that; the files are then named.
        """
        if not self._known_to_exist:
            self._known_to_exist = self.stack in self.stacks()
        return self._known_to_exist

    def stacks(self) -> list[str]:
        """The stacks of this project in the backend. Raises Failure as `exists` does."""
        listed = json.loads(self._must("stack", "ls", "--project", PROJECT, "--json"))
        return [str(entry["name"]).rpartition("/")[2] for entry in listed]

    def select(self) -> None:
        """Makes the stack when it is not there yet."""
        if self.exists():
            return
        if self._config is None:
            self._must("stack", "init", self.stack)
            return
        # `stack init` writes its salt beside the project file: beside a copy of it, where the tracked file is not.
        with tempfile.TemporaryDirectory(prefix="ai-platform-init-") as folder:
            shutil.copyfile(ROOT / "Pulumi.yaml", Path(folder) / "Pulumi.yaml")
            self._must("stack", "init", self.stack, folder=Path(folder))
            made = (Path(folder) / f"Pulumi.{self.stack}.yaml").read_text(encoding="utf-8")
        if found := SALT.search(made):
            text = with_salt(self._config.read_text(encoding="utf-8"), found[0])
            self._config.write_text(text, encoding="utf-8")

    def remove(self) -> None:
        """Takes the stack out of the backend. Raises Failure for one that still has resources."""
        self._must("stack", "rm", "--yes", "--preserve-config", "-s", self.stack)

    def require_unlocked(self) -> None:
        """Raises Failure when a run holds the stack, or a dead one has left its lock."""
        for lock in locks(self.backend, PROJECT, self.stack):
            if lock.stale:
                raise Failure(
                    f"{self.stack} is locked by {lock.describe()}, which is no longer running",
                    f"clear it: scripts/pulumi cancel -s {self.stack} --yes",
                )
            raise Failure(f"{self.stack} is locked by {lock.describe()}", "wait until that run has ended")

    def clear_dead_locks(self) -> None:
        """Takes away what runs have left that died on this machine. Raises Failure for a lock that cannot be read."""
        for lock in clear_dead(self.backend, PROJECT, self.stack):
            print(f"{self.stack} was locked by {lock.describe()}, which is no longer running: its lock is taken away")

    def stream(self, *arguments: str) -> None:
        """Runs a command with its output on the terminal. Raises Failure, with a hint where the cause is known."""
        self._exported = None
        # A stack may be removed by it.
        self._known_to_exist = False
        command = ["pulumi", *arguments, *self.options, "--non-interactive"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        seen: list[str] = []
        try:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                seen.append(line)
            code = process.wait()
        except KeyboardInterrupt:
            # The engine has got the signal too: it finishes what it has begun and saves its state.
            code = process.wait()
            raise
        if code:
            raise Failure(f"pulumi {arguments[0]} of {self.stack} failed", self._hint("".join(seen)), exit_status(code))

    def outputs(self) -> dict[str, Any]:
        """Stack outputs with their secrets: for files of mode 0600 only, never for a terminal."""
        found: dict[str, Any] = json.loads(self._must("stack", "output", "--json", "--show-secrets", "-s", self.stack))
        return found

    def export(self) -> dict[str, Any]:
        """The recorded state; its secrets stay encrypted."""
        if self._exported is None:
            self._exported = self._must("stack", "export", "-s", self.stack)
        exported: dict[str, Any] = json.loads(self._exported)
        return exported

    def resources(self) -> list[dict[str, Any]]:
        """The recorded resources; none of a stack that was never brought up."""
        return list(self.export()["deployment"].get("resources") or [])

    def replace_state(self, state: str) -> None:
        """Records `state` (as `export` gives it) in place of what is there."""
        self._exported = None
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            file.write(state)
            file.flush()
            self._must("stack", "import", "--file", file.name, "-s", self.stack)

    def setting(self, key: str, default: str | None = None) -> str:
        """One value of the stack's settings in plain, secrets too. Raises Failure for one that is not there."""
        if default is None:
            return self._must("config", "get", "--path", key, *self.options).strip()
        done = self.attempt("config", "get", "--path", key, *self.options)
        return done.stdout.strip() if done.returncode == 0 else default

    def set_secret(self, key: str, value: str) -> None:
        """Encrypts one value into the stack file; it travels on standard input, never in an argument."""
        self._must("config", "set", "--secret", "--path", key, "-s", self.stack, stdin=value)

    def attempt(
        self, *arguments: str, folder: Path = ROOT, stdin: str = "", seconds: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """The finished command, whatever its exit code. Raises Failure for one that takes too long."""
        command = ["pulumi", *arguments, "--non-interactive"]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, cwd=folder, env=self._environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        ) as process:
            try:
                said = process.communicate(stdin, timeout=seconds)
            except subprocess.TimeoutExpired:
                # Interrupted first: so the engine gives its lock back.
                process.send_signal(signal.SIGINT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=INTERRUPT_SECONDS)
                process.kill()
                cause = f"pulumi {arguments[0]} of {self.stack} was not done within {seconds:.0f} s"
                raise Failure(cause, "run the same command again") from None
        return subprocess.CompletedProcess(command, process.returncode, *said)

    def _must(self, *arguments: str, folder: Path = ROOT, stdin: str = "") -> str:
        """What the command printed. Raises Failure with what the engine said."""
        done = self.attempt(*arguments, folder=folder, stdin=stdin)
        if done.returncode:
            found = damage(self.backend, PROJECT) if CUT_OFF in done.stderr else ""
            cause = f"pulumi {' '.join(arguments[:2])}: {done.stderr.strip()}"
            raise Failure(f"{cause}\n{found}" if found else cause, self._hint(done.stderr))
        return done.stdout

    def _hint(self, text: str) -> str:
        for part, hint in HINTS.items():
            if part in text:
                return hint.format(stack=self.stack)
        return f"read the message above; when it is mended, run the same command again (stack {self.stack})"
