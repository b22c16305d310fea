"""Sessions: tokens that say who has passed a login, of one application or of the whole team."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import jwt

from simulators.cloudflare.edge.keys import KeyRing

COOKIE = "CF_Authorization"
TEAM_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Login:
    """One login of one person. Its tokens end together when the person logs out."""

    email: str
    nonce: str

    @staticmethod
    def of(email: str) -> "Login":
        """A login that happens now."""
        return Login(email, secrets.token_hex(8))


@dataclass
class Sessions:
    """`issuer` is the team's address. Handovers carry a login from the team's domain to that of an application."""

    keys: KeyRing
    issuer: str
    ended: set[str] = field(default_factory=set)
    handovers: dict[str, str] = field(default_factory=dict)

    def person(self, audience: str, login: Login, now: float, seconds: float) -> str:
        """A token for a person who has logged in."""
        return self._signed(audience, now, seconds, email=login.email, identity_nonce=login.nonce, sub=login.email)

    def program(self, audience: str, client: str, now: float, seconds: float) -> str:
        """A token for a program that showed a service token."""
        return self._signed(audience, now, seconds, common_name=client, sub="")

    def team(self, login: Login, now: float) -> str:
        """The team's own token: whoever has it need not log in again for the next application."""
        return self.person(self.issuer, login, now, TEAM_SECONDS)

    def read(self, token: str | None, audience: str) -> Login | None:
        """The login behind a token, if that is valid and nobody has logged out of it."""
        try:
            claims = self.keys.read(token or "", audience, self.issuer)
        except jwt.InvalidTokenError:
            return None
        if "email" not in claims or claims["identity_nonce"] in self.ended:
            return None
        return Login(claims["email"], claims["identity_nonce"])

    def end(self, login: Login) -> None:
        """Logs out: of the team and of each application."""
        self.ended.add(login.nonce)

    def hand_over(self, token: str) -> str:
        """A code that is exchanged for the token once."""
        code = secrets.token_urlsafe(24)
        self.handovers[code] = token
        return code

    def _signed(self, audience: str, now: float, seconds: float, **claims: Any) -> str:
        times = {"iat": int(now), "nbf": int(now), "exp": int(now + seconds)}
        return self.keys.sign({"type": "app", "aud": [audience], "iss": self.issuer, **times, **claims})
