"""Reads an assertion. Trusts nothing in it before its signature has been checked, and takes one algorithm only."""

from __future__ import annotations

import re
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHM: Final = "RS256"
LONGEST: Final = 16_384
"""Characters. Assertions have about a thousand; groups of an identity provider can make them longer."""
MAIL = re.compile(r"[!-~]{1,320}")
REASONS: Final[tuple[tuple[type[jwt.PyJWTError], str], ...]] = (
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not yet valid"),
    (jwt.InvalidIssuedAtError, "not yet valid"),
    (jwt.InvalidAudienceError, "for another name"),
    (jwt.InvalidIssuerError, "of another issuer"),
    (jwt.InvalidSignatureError, "signature does not match"),
    (jwt.MissingRequiredClaimError, "incomplete"),
)


class Refused(Exception):
    """`reason`: one of a few words, none of which comes from the assertion."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def key_identifier(token: str) -> str:
    """Which key should have signed it. Raises Refused for what is no assertion, or not of our algorithm."""
    if not token:
        raise Refused("missing")
    if len(token) > LONGEST:
        raise Refused("unreadable")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise Refused("unreadable") from None
    identifier = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(identifier, str):
        raise Refused("unreadable")
    return identifier


def visitor(token: str, key: RSAPublicKey, issuer: str, audience: str, leeway_seconds: float) -> str | None:
    """Mail address of the person who passed the login; None for a program with a key.

    Raises Refused unless signature, issuer, audience and times are all as they must be.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[ALGORITHM], audience=audience, issuer=issuer, leeway=leeway_seconds,
            options={"require": ["exp", "iat", "iss", "aud"]},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise Refused(next((reason for kind, reason in REASONS if isinstance(error, kind)), "unreadable")) from None
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise Refused("unreadable") from None
    email = claims.get("email")
    return email if isinstance(email, str) and MAIL.fullmatch(email) else None
