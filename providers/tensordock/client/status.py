"""States of a virtual machine in one spelling; the API varies case and separators."""

from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """What the API says of a machine. `UNKNOWN` is a word that this client has not met; it counts as billing."""

    QUEUED = "queued"
    CREATING = "creating"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    STOPPED_DISASSOCIATED = "stoppeddisassociated"
    RELOCATING = "relocating"
    OUTBID = "outbid"
    DELETING = "deleting"
    DELETED = "deleted"
    ERROR = "error"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, word: str) -> "Status":
        """The state that a word of the API means: `Stopped_Disassociated` is `STOPPED_DISASSOCIATED`."""
        plain = "".join(letter for letter in word.lower() if letter not in "_- ")
        return cls(plain) if plain in cls._value2member_map_ else cls.UNKNOWN


STOPPED: Final = frozenset({Status.STOPPED, Status.STOPPED_DISASSOCIATED})
"""Switched off; the machine can be changed and started."""

LOST: Final = frozenset({Status.ERROR, Status.DELETED, Status.TERMINATED, Status.OUTBID})
"""Will not come back by itself. It still exists, and may bill, until the API says 404."""
