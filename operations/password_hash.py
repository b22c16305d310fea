"""Hashes of people's passwords, as Authelia reads them."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from operations.failure import USAGE, Failure

SHORTEST = 12
"""Characters: long enough that nobody gets through by guessing."""
LONGEST = 100
SALT_BYTES, HASH_BYTES = 16, 32
ITERATIONS, LANES, MEMORY_KIB = 3, 4, 65536
"""Defaults of Authelia: www.authelia.com/configuration/first-factor/file."""


def password_hash(password: str) -> str:
    """The argon2id hash in its usual text form. Raises Failure for a password that is too short, or no line of text."""
    if not SHORTEST <= len(password) <= LONGEST or not password.isprintable():
        raise Failure(
            f"a password has {SHORTEST} to {LONGEST} characters, all of them printable",
            "choose another; a few words in a row are easy to keep",
            USAGE,
        )
    kdf = Argon2id(
        salt=secrets.token_bytes(SALT_BYTES),
        length=HASH_BYTES,
        iterations=ITERATIONS,
        lanes=LANES,
        memory_cost=MEMORY_KIB,
    )
    return str(kdf.derive_phc_encoded(password.encode()))
