#!/usr/bin/python3
"""Tells in one JSON object whether anybody uses this machine, and for how long nobody has.

Sources: the gate in front of the models, SSH sessions, running jobs, the cards. A source that cannot be read is told as
an error and counts as used. Seconds are those of this machine's life since its start; wall clocks play no part.

  --sample       only look: once a minute, so that use between two looks of others is not missed
  --heartbeat    somebody who can stop this machine is alive: the dead-man timer begins anew
  --close N      let no more requests in, if nobody has used the machine for N seconds: `closed` tells whether it is so
"""

from __future__ import annotations

import argparse
import csv
import fcntl
import json
import os
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("AI_PLATFORM_ROOT", "/"))
CONFIGURATION, STATE = ROOT / "etc/ai-platform/activity.json", ROOT / "run/ai-platform"
COMMAND_SECONDS = 10
GATE_SECONDS = 5
LONGEST_GAP = 180
"""Seconds between two looks; what happened in a longer gap nobody knows, so it counts as use."""
BUSY_PERCENT = 5
QUERY = "index,utilization.gpu,temperature.gpu,memory.used,memory.total"
CARD = ("index", "utilisation_percent", "temperature_c", "memory_used_mib", "memory_total_mib")
SESSION = re.compile(r"^sshd(?:-session)?: \S+@(\S+)")
OURSELVES = "ai-platform-activity"


class Unreadable(Exception):
    """A source does not tell."""


def uptime() -> float:
    """Seconds since this machine's first process started; in a container that is not the kernel's own start."""
    kernel = float((ROOT / "proc/uptime").read_text(encoding="ascii").split()[0])
    ticks = int((ROOT / "proc/1/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
    return kernel - ticks / os.sysconf("SC_CLK_TCK")


def output_of(*command: str) -> str:
    """What a program prints. Raises FileNotFoundError where there is none, Unreadable where it fails."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(f"{command[0]} gives no answer within {COMMAND_SECONDS} s") from None
    if done.returncode:
        raise Unreadable(f"{command[0]} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[:200]}")
    return done.stdout


def sessions() -> list[str]:
    """People who are logged in, and logins that run a command; not forwards alone, and nobody who reads activity."""
    rows = [line.split(None, 2) for line in output_of("ps", "-A", "-o", "pid=,ppid=,args=").splitlines()]
    below: dict[str, list[list[str]]] = {}
    for row in rows:
        below.setdefault(row[1], []).append(row)
    found = []
    for row in rows:
        title = SESSION.match(row[2]) if len(row) == 3 else None
        if title is None or (title[1] == "notty" and row[0] not in below):
            continue
        if not any(OURSELVES in " ".join(other[2:]) for other in _descendants(row[0], below)):
            found.append(row[2])
    return found


def _descendants(pid: str, below: dict[str, list[list[str]]]) -> list[list[str]]:
    children = below.get(pid, [])
    return children + [row for child in children for row in _descendants(child[0], below)]


def jobs() -> list[str]:
    """Containers with the label ai-platform.job, and units named ai-platform-job*, that run."""
    names: list[str] = []
    for command in (
        ("docker", "ps", "--filter", "label=ai-platform.job", "--format", "{{.Names}}"),
        ("systemctl", "list-units", "--state=running,activating", "--plain", "--no-legend", "ai-platform-job*"),
    ):
        try:
            names += [line.split()[0] for line in output_of(*command).splitlines() if line.strip()]
        except FileNotFoundError:
            continue
    return names


def cards() -> list[dict[str, int]]:
    """The graphics cards as nvidia-smi shows them."""
    try:
        text = output_of("nvidia-smi", f"--query-gpu={QUERY}", "--format=csv,noheader,nounits")
        found = [dict(zip(CARD, map(int, row), strict=True)) for row in csv.reader(text.splitlines()) if row]
    except (FileNotFoundError, ValueError) as error:
        raise Unreadable(f"nvidia-smi: {error}") from None
    if not found:
        raise Unreadable("nvidia-smi shows no card")
    return found


def gate(address: str, path: str = "/activity", body: Any = None) -> tuple[int, dict[str, Any]]:
    """The gate's answer. Raises Unreadable."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(address + path, data, GATE_SECONDS) as answer:  # noqa: S310 (loopback, as set)
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            refusal.read()
        return refusal.code, {}
    except (OSError, ValueError) as error:
        raise Unreadable(f"the gate at {address} does not answer: {error}") from None


def gate_source(address: str) -> dict[str, Any]:
    """For how long nobody has asked the models for anything; the gate counts that itself."""
    status, told = gate(address)
    if status != 200 or not isinstance(told.get("idle_seconds"), (int, float)):
        raise Unreadable(f"the gate at {address} answers {status}")
    return {"idle_seconds": float(told["idle_seconds"]), "detail": f"{told.get('in_flight')} requests in flight"}


def look(last: dict[str, Any], now: float, configuration: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """All sources now, and the cards. `last`: what the look before left."""
    found: dict[str, Any] = {}
    shown: list[Any] = []

    def busy_cards() -> list[str]:
        shown.extend(cards())
        return [f"card {card['index']}" for card in shown if card["utilisation_percent"] >= BUSY_PERCENT]

    looks: dict[str, Callable[[], Any]] = {"sessions": sessions, "jobs": jobs}
    if configuration.get("gpus"):
        looks["gpus"] = busy_cards
    if configuration.get("gate"):
        looks["gate"] = lambda: gate_source(configuration["gate"])
    sampled = last.get("uptime")
    missed = sampled is None or not 0 <= now - sampled <= LONGEST_GAP
    with ThreadPoolExecutor() as pool:
        running = {name: pool.submit(function) for name, function in looks.items()}
    for name, future in running.items():
        try:
            told = future.result()
        except (Unreadable, FileNotFoundError) as error:
            found[name] = {"idle_seconds": 0.0, "error": str(error), "used_at": now}
            continue
        if isinstance(told, dict):
            found[name] = told
            continue
        used_at = now if told or missed else last.get("sources", {}).get(name, {}).get("used_at", now)
        found[name] = {"idle_seconds": now - used_at, "detail": ", ".join(told)[:300], "used_at": used_at}
    return found, shown


def close(sources: dict[str, Any], seconds: float, configuration: dict[str, Any]) -> bool:
    """Whether the machine may be stopped: the gate is closed, which it refuses to somebody whom it serves."""
    others = [source for name, source in sources.items() if name != "gate"]
    if any("error" in source or source["idle_seconds"] < seconds for source in others):
        return False
    return not configuration.get("gate") or gate(configuration["gate"], "/close", {"idle_seconds": seconds})[0] == 200


def write(path: Path, content: str) -> None:
    """Replaces the file in one step."""
    beside = path.with_suffix(".new")
    beside.write_text(content, encoding="utf-8")
    beside.replace(path)


def read(path: Path) -> dict[str, Any]:
    """The object in the file; empty where there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--heartbeat", action="store_true")
    parser.add_argument("--close", type=float, metavar="N")
    options = parser.parse_args()
    configuration = read(CONFIGURATION)
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / "activity.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        now = uptime()
        if options.heartbeat:
            write(STATE / "heartbeat", f"{now}\n")
        last = read(STATE / "activity.json")
        sources, shown = look(last, now, configuration)
        write(STATE / "activity.json", json.dumps({"uptime": now, "sources": sources}))
        told: dict[str, Any] = {"version": 1, "uptime_seconds": now, "sources": sources, "cards": shown}
        told["sampled_seconds_ago"] = None if last.get("uptime") is None else now - last["uptime"]
        if options.close is not None:
            try:
                told["closed"] = close(sources, options.close, configuration)
            except Unreadable as error:
                told |= {"closed": False, "error": str(error)}
    if not options.sample:
        print(json.dumps(told))


if __name__ == "__main__":
    main()
