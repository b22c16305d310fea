"""Runs a long command with a deadline, a log file and a progress line every few seconds."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Report = Callable[[str], None]
PROGRESS_S = 10.0
TAIL_LINES = 15


class CommandFailed(Exception):
    """The command failed or took too long; the text holds its last lines and where the whole log is."""


def run_long(  # noqa: PLR0913 - all by name
    command: Sequence[str | Path],
    *,
    what: str,
    folder: Path,
    environ: Mapping[str, str],
    log: Path,
    deadline_s: float,
    report: Report,
) -> None:
    """Runs `command` in `folder` and reports `what` with the seconds gone every 10 s.

    Everything the command says goes to `log`. Raises CommandFailed at a bad exit status or after `deadline_s`.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with log.open("w") as lines:
        child = subprocess.Popen(
            command, cwd=folder, env=dict(environ), stdin=subprocess.DEVNULL, stdout=lines, stderr=subprocess.STDOUT
        )
        try:
            status = _wait(child, what, start, deadline_s, report)
        finally:
            child.kill()
            child.wait()
    if status != 0:
        cause = f"exit status {status}" if status is not None else f"no end within {deadline_s:.0f} s"
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
        raise CommandFailed(f"{what}: {cause}; the whole log is {log}; it ends with:\n{tail}")
    report(f"{what}: done in {time.monotonic() - start:.0f} s")


def _wait(child: subprocess.Popen[bytes], what: str, start: float, deadline_s: float, report: Report) -> int | None:
    while (gone := time.monotonic() - start) < deadline_s:
        try:
            return child.wait(timeout=min(PROGRESS_S, deadline_s - gone))
        except subprocess.TimeoutExpired:
            report(f"{what}: {time.monotonic() - start:.0f} s")
    return None
