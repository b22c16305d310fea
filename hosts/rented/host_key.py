"""The host key of a rented machine, made here so that the first login already knows it."""

from __future__ import annotations

import base64
import hashlib
import textwrap
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KIND = b"ssh-ed25519"
BLOCK_BYTES = 8
LINE_CHARACTERS = 70


@dataclass(frozen=True, kw_only=True)
class HostKey:
    """`private` is the file that sshd reads; `public` is its type and value, `ssh-ed25519 AAAA...`."""

    private: str = field(repr=False)
    public: str


def host_key(secret: str) -> HostKey:
    """The ed25519 key of a secret, the same for the same secret to the last byte.

    OpenSSH's own format (PROTOCOL.key), written here because libraries put random check bytes into it: with another
    text at every run the machine would be ordered anew each time.
    """
    seed = hashlib.sha256(secret.encode()).digest()
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shown = _string(KIND) + _string(public)
    check = hashlib.sha256(b"check" + seed).digest()[:4]
    private = check + check + shown + _string(seed + public) + _string(b"ai-platform")
    private += bytes(range(1, 1 + -len(private) % BLOCK_BYTES))
    whole = b"openssh-key-v1\0" + _string(b"none") * 2 + _string(b"") + (1).to_bytes(4, "big")
    text = base64.b64encode(whole + _string(shown) + _string(private)).decode()
    lines = "\n".join(textwrap.wrap(text, LINE_CHARACTERS))
    return HostKey(
        private=f"-----BEGIN OPENSSH PRIVATE KEY-----\n{lines}\n-----END OPENSSH PRIVATE KEY-----\n",
        public=f"{KIND.decode()} {base64.b64encode(shown).decode()}",
    )


def _string(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value
