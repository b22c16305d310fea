"""A public key that the account keeps; machines are made with it by its id."""

from typing import Any

from pydantic import Field, ValidationError

from providers.tensordock.client.errors import Doubtful
from providers.tensordock.client.instance import Reported, flat


class StoredKey(Reported):
    """A stored public key. Lists leave the value out."""

    id: str = Field(min_length=1)
    name: str = ""
    type: str = "SSHKEY"
    value: str | None = None


def stored_key(raw: Any, said: str) -> StoredKey:
    """The key that an answer describes. Raises Doubtful where it describes none."""
    try:
        return StoredKey.model_validate(flat(raw))
    except ValidationError:
        raise Doubtful(f"{said}: the answer describes no stored key") from None
