#!/usr/bin/python3
"""Powers this machine off when nobody who could stop it has been heard of for too long. Run once a minute.

Counts the seconds in which this machine was up without a heartbeat. They are kept over restarts, and no clock of the
day plays a part. Before the end it reports: one line to the journal, and to a webhook where there is one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from dataclasses import asdict, dataclass, replace
from http.client import HTTPException
from pathlib import Path

ROOT = Path(os.environ.get("AI_PLATFORM_ROOT", "/"))
CONFIGURATION, WEBHOOK = ROOT / "etc/ai-platform/dead-man.json", ROOT / "etc/ai-platform/dead-man.webhook"
HEARTBEAT, STATE = ROOT / "run/ai-platform/heartbeat", ROOT / "var/lib/ai-platform/dead-man.json"
REPORT_SECONDS = 10
FIRST_MINUTES = 10
"""So long a machine that has just started is left alone, whatever was counted before."""


@dataclass(frozen=True)
class Count:
    """`start` names one life of this machine; `ended` the life that this program has ended, if it was the last one."""

    start: str = ""
    uptime: float = 0.0
    silent: float = 0.0
    ended: str = ""


def advance(count: Count, start: str, uptime: float, heartbeat: float | None) -> Count:
    """The count as it is now. `heartbeat`: the uptime at which the last one of this life came."""
    if count.start == start:
        silent = count.silent + max(0.0, uptime - count.uptime)
    elif count.ended and count.ended == count.start:
        silent = uptime
    else:
        silent = count.silent + uptime
    # One that lies ahead is of an earlier life.
    if heartbeat is not None and heartbeat <= uptime:
        silent = min(silent, uptime - heartbeat)
    return replace(count, start=start, uptime=uptime, silent=silent)


def due(count: Count, minutes: float) -> bool:
    """Whether the machine must be powered off."""
    return count.silent >= minutes * 60 and count.uptime >= min(minutes, FIRST_MINUTES) * 60


def life() -> tuple[str, float]:
    """This life of the machine, and its seconds so far: by its first process, which in a container has its own."""
    kernel = (ROOT / "proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    ticks = int((ROOT / "proc/1/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
    since = float((ROOT / "proc/uptime").read_text(encoding="ascii").split()[0])
    return f"{kernel} {ticks}", since - ticks / os.sysconf("SC_CLK_TCK")


def read_count() -> Count:
    """What the last run left; a new count where nothing readable is there."""
    try:
        return Count(**json.loads(STATE.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Count()


def write_count(count: Count) -> None:
    """Replaces the file in one step. A full disk loses the count of this minute, and keeps no machine."""
    beside = STATE.with_suffix(".new")
    try:
        STATE.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(asdict(count)), encoding="utf-8")
        beside.replace(STATE)
    except OSError as error:
        print(f"{STATE} cannot be written: {error}", file=sys.stderr, flush=True)


def read_heartbeat() -> float | None:
    try:
        return float(HEARTBEAT.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def report(name: str, silent: float) -> None:
    """Says what is going to happen. Nothing that fails here keeps the machine."""
    text = f"{name}: no heartbeat for {silent / 60:.0f} minutes: powering off. Its disk is paid for until it is deleted"
    print(text, flush=True)
    if not WEBHOOK.exists():
        return
    message = {"text": text, "subject": f"{name}: powering off", "key": f"dead-man:{name}", "environment": name}
    body, headers = json.dumps(message).encode(), {"Content-Type": "application/json"}
    try:
        # The address is a secret: it stands in no argument of a program.
        address = WEBHOOK.read_text(encoding="utf-8").strip()
        request = urllib.request.Request(address, body, headers)  # noqa: S310  (as the settings say)
        urllib.request.urlopen(request, timeout=REPORT_SECONDS).close()  # noqa: S310
    except (OSError, ValueError, HTTPException) as error:
        print(f"the webhook was not told: {type(error).__name__}", file=sys.stderr, flush=True)


def power_off() -> None:
    """Orderly; by force where that is refused."""
    for command in (("systemctl", "poweroff"), ("systemctl", "poweroff", "--force")):
        try:
            if subprocess.run(command, check=False, timeout=20).returncode == 0:
                return
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"{' '.join(command)}: {error}", file=sys.stderr, flush=True)
    sys.exit(1)


def main() -> None:
    configuration = json.loads(CONFIGURATION.read_text(encoding="utf-8"))
    start, uptime = life()
    count = advance(read_count(), start, uptime, read_heartbeat())
    if not due(count, configuration["minutes"]):
        write_count(count)
        return
    # Before the report: one that never ends is cut off, and the next run does without it.
    write_count(replace(count, ended=start))
    if count.ended != start:
        report(configuration["name"], count.silent)
    power_off()


if __name__ == "__main__":
    main()
