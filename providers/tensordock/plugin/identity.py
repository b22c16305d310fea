"""Names of machines. The API knows no idempotency key and no tags, so the name says whose a machine is.

`<namespace>-<stack>-<resource>-<8 digits of the resource>-<6 digits of what can only be chosen at creation>`: the same
resource asked for in the same way always has the same name, so that a machine whose creation was cut off is found
again; asked for in another way it has another one, so that a leftover of the old way is not taken for the new.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LONGEST: Final = 60
"""Known to work (dstackai/dstack)."""
OURS: Final = re.compile(r"-[0-9a-f]{8}-[0-9a-f]{6}$")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a machine belongs to. `name` is the machine's, `owner` what all names of the same resource begin with."""

    owner: str
    name: str


def identity(namespace: str, urn: str, chosen: Mapping[str, Any]) -> Identity:
    """The identity of the resource with this URN in this namespace. `chosen`: what only its creation can choose."""
    stack = urn.removeprefix("urn:pulumi:").partition("::")[0]
    resource = _digest([namespace, urn], 8)
    words = _plain(f"{namespace}-{stack}-{urn.rpartition('::')[2]}")[: LONGEST - len("-12345678-123456")]
    owner = f"{words.rstrip('-')}-{resource}"
    return Identity(owner, f"{owner}-{_digest(chosen, 6)}")


def of_name(name: str) -> Identity | None:
    """The identity that a name carries; None for a name that was not made here."""
    return Identity(name[:-7], name) if OURS.search(name) else None


def _digest(content: Any, digits: int) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:digits]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
