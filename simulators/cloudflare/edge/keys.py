"""The team's signing keys. The newest signs; those before it stay published until they end."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from simulators.daemon import write_private

ALGORITHM = "RS256"
KEPT_SECONDS = 7 * 24 * 3600.0
"""How long a key is published after its successor came: as long as the real one's."""


@dataclass
class Key:
    """One key; `until` (seconds since 1970) is set once another signs."""

    kid: str
    private: RSAPrivateKey
    until: float | None = None


class KeyRing:
    """Kept in `file` (mode 0600) where one is given, so that sessions outlive the process."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._keys = [_read(one) for one in json.loads(file.read_text())] if file and file.exists() else []
        if not self._keys:
            self.rotate(0)

    def rotate(self, kept: float = KEPT_SECONDS) -> str:
        """Lets a new key sign, and publishes the one before for `kept` more seconds. Returns its identifier."""
        now = time.time()
        for key in self._keys:
            key.until = min(key.until or now + kept, now + kept)
        self._keys = [*self._published(), Key(secrets.token_hex(32), generate_private_key(65537, 2048))]
        if self._file:
            write_private(self._file, json.dumps([_shown(key) for key in self._keys]))
        return self._keys[-1].kid

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token of these claims."""
        key = self._keys[-1]
        return jwt.encode(dict(claims), key.private, ALGORITHM, {"kid": key.kid})

    def read(self, token: str, audience: str, issuer: str) -> dict[str, Any]:
        """The claims of a token that is signed, in time and for this audience. Raises jwt.InvalidTokenError."""
        kid = jwt.get_unverified_header(token).get("kid")
        key = next((one for one in self._published() if one.kid == kid), None)
        if key is None:
            raise jwt.InvalidTokenError(f"no key {kid!r} is published")
        required = ["exp", "iat", "aud", "iss"]
        claims: dict[str, Any] = jwt.decode(
            token, key.private.public_key(), [ALGORITHM], {"require": required}, audience=audience, issuer=issuer
        )
        return claims

    def published(self) -> dict[str, Any]:
        """The public halves, as a set of JSON web keys."""
        return {
            "keys": [
                {**RSAAlgorithm.to_jwk(key.private.public_key(), as_dict=True), "kid": key.kid, "alg": ALGORITHM,
                 "use": "sig"}
                for key in reversed(self._published())
            ]
        }  # fmt: skip

    def _published(self) -> list[Key]:
        return [key for key in self._keys if key.until is None or key.until > time.time()]


def _shown(key: Key) -> dict[str, Any]:
    pem = key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {"kid": key.kid, "until": key.until, "pem": pem.decode()}


def _read(shown: Mapping[str, Any]) -> Key:
    private = serialization.load_pem_private_key(shown["pem"].encode(), None)
    if not isinstance(private, RSAPrivateKey):
        raise TypeError(f"key {shown['kid']} is no RSA key")
    return Key(shown["kid"], private, shown["until"])
