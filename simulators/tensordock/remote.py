"""Talks to the control part of a running simulated account (control.py), from another process."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from simulators.background import ControlError
from simulators.tensordock.control import PREFIX

__all__ = ["ControlError", "Remote", "seconds", "settings"]

FOLDER = Path(__file__).resolve().parents[2] / ".state" / "simulators" / "tensordock"
ANSWER_S = 60
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True)
class Remote:
    """The account that is kept in a folder."""

    folder: Path

    @property
    def url(self) -> str:
        """Base URL of its API. Raises OSError or ValueError where it was never served, as `token` does."""
        return self._endpoint()["url"]

    @property
    def token(self) -> str:
        """What opens its API."""
        return self._endpoint()["token"]

    def get(self, path: str) -> Any:
        """What a question is answered. Raises ControlError."""
        return self._call("GET", path)

    def post(self, path: str, body: Any) -> Any:
        """What an instruction is answered. Raises ControlError."""
        return self._call("POST", path, body)

    def machine(self, name: str) -> str:
        """The id of a machine by its name, its id or how its id begins. Raises ControlError unless there is one."""
        known = self.get("state")["vms"]
        found = [vm["id"] for vm in known if name == vm["name"] or vm["id"].startswith(name)]
        if len(found) != 1:
            there = ", ".join(f"{vm['name']} ({vm['id'][:8]})" for vm in known) or "none"
            raise ControlError(f"{len(found)} machines are called {name}; there are: {there}")
        identifier: str = found[0]
        return identifier

    def _endpoint(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "endpoint.json").read_text(encoding="utf-8"))
        return found

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        try:
            answer = requests.request(method, f"{self.url}{PREFIX}{path}", json=body, timeout=ANSWER_S)
        except (FileNotFoundError, requests.ConnectionError) as error:
            raise ControlError(f"no simulated account runs for {self.folder}: bring a GPU stack up first") from error
        if answer.status_code != requests.codes.ok:
            raise ControlError(f"{method} {path}: {answer.json().get('error', answer.text)}")
        return answer.json()


def seconds(text: str) -> float:
    """`90`, `30m`, `2h`, `1.5d` in seconds. Raises ControlError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text)
    if found is None:
        raise ControlError(f"{text!r} is no time: write 90, 30m, 2h or 3d")
    return float(found[1]) * UNITS[found[2]]


def settings(pairs: list[str]) -> dict[str, Any]:
    """`NAME=VALUE` pairs; a value that is JSON counts as such, any other as text. Raises ControlError."""
    found = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise ControlError(f"{pair!r}: expected NAME=VALUE")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found
