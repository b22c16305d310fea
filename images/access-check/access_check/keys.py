"""The public keys of Access as the team publishes them, fetched in time and never more often than needed."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections.abc import Callable
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

from access_check.settings import Settings

LARGEST_ANSWER = 262_144
"""Bytes. A team publishes two keys and their certificates, some 10 kB."""
LEAST_BITS = 2048
log = logging.getLogger("access_check")


class NoKeys(Exception):
    """Keys could not be fetched and none are known: nothing can be told about any assertion."""


class Keys:
    """RSA keys by their identifiers. One event loop; of several that wait for a fetch one makes it."""

    def __init__(self, settings: Settings, session: ClientSession, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._session, self._clock = settings, session, clock
        self._known: dict[str, RSAPublicKey] = {}
        self._fetched = self._tried = -math.inf
        self._turn = asyncio.Lock()

    @property
    def count(self) -> int:
        return len(self._known)

    @property
    def age_seconds(self) -> float:
        """Since the keys were last read from the team; infinite before the first time."""
        return self._clock() - self._fetched

    async def find(self, identifier: str) -> RSAPublicKey | None:
        """The key, fetched if need be; None where the team publishes none of that name. Raises NoKeys."""
        if identifier not in self._known:
            await self.refresh()
        if not self._known:
            raise NoKeys(f"{self._settings.certificates_url} has not given any key yet")
        return self._known.get(identifier)

    async def stay_fresh(self) -> None:
        """Fetches the keys for ever. When that fails the known ones go on: what they signed ends at its own time."""
        while True:
            await self.refresh()
            fresh = self.age_seconds < self._settings.refresh_seconds
            await asyncio.sleep(self._settings.refresh_seconds if fresh else self._settings.pause_seconds)

    async def refresh(self) -> None:
        """Fetches the keys, unless somebody tried it within the pause. What is no longer published is dropped."""
        async with self._turn:
            if self._clock() - self._tried < self._settings.pause_seconds:
                return
            self._tried = self._clock()
            try:
                self._known = usable(json.loads(await self._fetch()))
                self._fetched = self._clock()
            except (ClientError, OSError, TimeoutError, ValueError) as error:
                log.error("no keys from %s: %s", self._settings.certificates_url, error or type(error).__name__)

    async def _fetch(self) -> bytes:
        timeout = ClientTimeout(total=self._settings.fetch_seconds)
        async with self._session.get(self._settings.certificates_url, timeout=timeout, allow_redirects=False) as answer:
            if answer.status != 200:
                raise ValueError(f"HTTP {answer.status}")
            body = bytearray()
            async for piece in answer.content.iter_any():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise ValueError(f"answers with more than {LARGEST_ANSWER} bytes")
            return bytes(body)


def usable(document: Any) -> dict[str, RSAPublicKey]:
    """Keys of a JWKS that can sign with RS256. Raises ValueError where there are none: a set without keys is a fault
    of whoever answers, and must not lock everybody out."""
    listed = document.get("keys") if isinstance(document, dict) else None
    found: dict[str, RSAPublicKey] = {}
    for entry in listed if isinstance(listed, list) else []:
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or not isinstance(entry.get("kid"), str):
            continue
        if entry.get("use", "sig") != "sig" or entry.get("alg", "RS256") != "RS256":
            continue
        try:
            key = PyJWK(entry, algorithm="RS256").key
        except (PyJWTError, ValueError, TypeError) as error:
            log.warning("key %.64r is passed over: %s", entry["kid"], error)
            continue
        if isinstance(key, RSAPublicKey) and key.key_size >= LEAST_BITS:
            found[entry["kid"]] = key
    if not found:
        raise ValueError("answers without any RSA key for RS256")
    return found
