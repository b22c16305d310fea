"""The kinds of simulated machines, and all that differs between them outside their images."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind. `name` is the word of the settings and the name of the image as well.

    noun: how messages call one. home, owner: home folder of the login user, and its user and group id.
    log: commands that show what went on inside, for the name of its container.
    restart: the engine's policy; `on-failure` lets a reboot from inside (systemd exits with a status) start it again.
    withheld: capabilities that the image is not given: the clock belongs to the machine around it.
    """

    name: str
    noun: str
    home: str
    owner: tuple[int, int]
    log: str = "docker logs {0}"
    restart: str = "no"
    withheld: tuple[str, ...] = ()


MAC = Kind("mac", "simulated Mac", "Users/admin", (501, 20))
LINUX = Kind(
    "linux",
    "simulated Linux machine",
    "home/admin",
    (1000, 1000),
    log="docker logs {0}; docker exec {0} journalctl --boot",
    restart="on-failure",
    withheld=("SYS_TIME",),
)
KINDS = {kind.name: kind for kind in (MAC, LINUX)}
