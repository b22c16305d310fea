"""What containers that do not serve said last, without the secrets that they were given."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from typing import Any

from operations.docker_containers import containers
from operations.failure import Failure

LINES = 50
SHORTEST_SECRET = 6
PASSWORD = re.compile(r"[A-Za-z0-9_-]{20,}")
"""Generated passwords have 32 letters and digits; shorter words of an address are names, not secrets."""
TIMEOUT = 20


def show_last_words(environment: str) -> None:
    """Prints the last lines of each of the environment's containers here that is stopped, restarting or unhealthy."""
    try:
        found = containers(environment)
    except Failure:
        return  # there is no engine to ask, and the failure being reported is another one
    for container in telling(found):
        name, state = container["Name"].lstrip("/"), container["State"]
        lines = _last_lines(container["Id"])
        print(f"\n--- {name} is {state['Status']}, {_health(state)}; ", end="")
        print(f"its last lines:\n{lines}" if lines else "it said nothing")


def telling(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that do not serve. Those that have only not finished starting are told of where there are no others."""
    silent = [one for one in found if one["State"]["Status"] != "running" or _health(one["State"]) != "healthy"]
    failed = [one for one in silent if one["State"]["Status"] != "running" or _health(one["State"]) != "starting"]
    return failed or silent


def _health(state: dict[str, Any]) -> str:
    """What its health check says; a container without one counts as healthy."""
    return str((state.get("Health") or {}).get("Status", "healthy"))


def _last_lines(identifier: str) -> str:
    done = subprocess.run(
        ["docker", "logs", "--tail", str(LINES), identifier],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT, check=False, errors="replace",
    )  # fmt: skip
    return redacted(done.stdout.rstrip(), _secrets(identifier))


def redacted(text: str, secrets: list[str]) -> str:
    """`text` with every secret replaced, longest first."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(identifier: str) -> list[str]:
    """What the container's secret files hold."""
    command = ["docker", "cp", f"{identifier}:/run/secrets", "-"]
    packed = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False)
    if packed.returncode:
        return []
    found: list[str] = []
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as tar:
        for member in tar.getmembers():
            file = tar.extractfile(member)
            if file:
                found += texts_to_cover(file.read().decode(errors="replace"))
    return found


def texts_to_cover(content: str) -> list[str]:
    """A secret file's content whole, by line and by word; a password inside an address counts as a word of its own."""
    texts = [content, *content.splitlines(), *content.split(), *PASSWORD.findall(content)]
    return [text for text in texts if len(text) >= SHORTEST_SECRET]
