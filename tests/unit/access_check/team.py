"""A team of Zero Trust: keys that it signs with, and what it publishes of them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://office.cloudflareaccess.com"
AUDIENCES = {"chat.example.com": "a" * 64, "mlflow.example.com": "b" * 64}
EMAIL = "owner@example.com"


@cache
def private_key(identifier: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if identifier == "small" else 2048)


def published(identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(private_key(identifier).public_key()))
    return {"kid": identifier, "alg": "RS256", "use": "sig", "kty": "RSA", "n": found["n"], "e": found["e"]}


def claims(name: str = "chat.example.com", **other: Any) -> dict[str, Any]:
    """Those of a person who passed the login a minute ago; None takes one away."""
    now = int(time.time())
    usual = {
        "aud": [AUDIENCES[name]], "email": EMAIL, "exp": now + 3600, "iat": now - 60, "nbf": now - 60, "iss": ISSUER,
        "type": "app", "identity_nonce": "n", "sub": "7335d417-61da-459d-899c-0a01c76a2f94", "country": "DE",
    } | other  # fmt: skip
    return {key: value for key, value in usual.items() if value is not None}


def assertion(name: str = "chat.example.com", key: str = "first", signed_by: str | None = None, **other: Any) -> str:
    """Signed by `signed_by`, which is `key` unless somebody pretends."""
    return jwt.encode(claims(name, **other), private_key(signed_by or key), algorithm="RS256", headers={"kid": key})


@dataclass
class Team:
    """What `/cdn-cgi/access/certs` answers, and how often it was asked."""

    keys: list[dict[str, Any]] = field(default_factory=lambda: [published("first")])
    status: int = 200
    asked: int = 0
    body: bytes | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/cdn-cgi/access/certs", self._certificates)
        return app

    async def _certificates(self, _request: web.Request) -> web.Response:
        self.asked += 1
        if self.body is not None:
            return web.Response(status=self.status, body=self.body)
        return web.json_response({"keys": self.keys, "public_certs": []}, status=self.status)
