"""The part of Authelia's API that a reverse proxy and its login page use. Sessions are in memory, as there by default.

Configuration and people are refused where Authelia's own schemas refuse them, and where this knows no more than a part.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

import jsonschema
import yaml
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

EXPIRATION_S = 24 * 3600
LARGEST_BODY = 16384
FORM = """<!doctype html><title>Log in</title><form><label>Name <input name=username></label>
<label>Password <input name=password type=password></label><button>Log in</button></form><script>
document.forms[0].onsubmit = async (event) => { event.preventDefault();
  const field = Object.fromEntries(new FormData(event.target)), target = new URLSearchParams(location.search).get('rd');
  const answer = await fetch('/api/firstfactor', {method: 'POST', body: JSON.stringify({...field, targetURL: target})});
  if (answer.ok) location = (await answer.json()).data?.redirect ?? '/'; else event.target.reset(); }
</script>"""


SCHEMAS = Path("/app/schemas")
SECRETS = ("AUTHELIA_SESSION_SECRET_FILE", "AUTHELIA_STORAGE_ENCRYPTION_KEY_FILE")
SHORTEST_KEY = 20
"""Characters that Authelia asks of its storage key."""


@dataclass(frozen=True)
class Rule:
    """Who may see a name: one of the `subjects` (`user:NAME` or `group:NAME`)."""

    domain: str
    subjects: frozenset[str]


@dataclass(frozen=True)
class Settings:
    """What the stand-in goes by. `portals` maps cookie domains to the address of their login page."""

    port: int
    rules: tuple[Rule, ...]
    portals: Mapping[str, str]
    cookie: str
    storage: Path
    users: Mapping[str, Mapping[str, Any]]

    def domain_of(self, hostname: str) -> str | None:
        """The cookie domain that a name belongs to."""
        return next((domain for domain in self.portals if f".{hostname}".endswith(f".{domain}")), None)


def read() -> Settings:
    """Raises what jsonschema, yaml and the file system raise, and ValueError."""
    document = _checked(Path(os.environ["X_AUTHELIA_CONFIG"]), "configuration")
    for variable in SECRETS:
        if len(Path(os.environ[variable]).read_text()) < SHORTEST_KEY:
            raise ValueError(f"{variable} is shorter than {SHORTEST_KEY} characters")
    access = document["access_control"]
    if access["default_policy"] != "deny" or {rule["policy"] for rule in access["rules"]} - {"one_factor", "deny"}:
        raise ValueError("the stand-in knows rules with one factor, and denies the rest")
    if not access["rules"]:
        raise ValueError("access_control: 'default_policy' option 'deny' is invalid without rules")
    users = _checked(Path(document["authentication_backend"]["file"]["path"]), "user-database")["users"]
    return Settings(
        port=int(document["server"]["address"].rstrip("/").rpartition(":")[2]),
        rules=tuple(
            Rule(rule["domain"], frozenset(one for (one,) in rule["subject"]))
            for rule in access["rules"]
            if rule["policy"] != "deny"
        ),
        portals={one["domain"]: one["authelia_url"].rstrip("/") for one in document["session"]["cookies"]},
        cookie=document["session"]["name"],
        storage=Path(document["storage"]["local"]["path"]),
        users=users,
    )


def _checked(path: Path, schema: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    jsonschema.validate(document, json.loads((SCHEMAS / f"{schema}.json").read_text()))
    return document


class Handler(BaseHTTPRequestHandler):
    """Paths, headers and codes are those of Authelia 4.39."""

    settings: ClassVar[Settings]
    sessions: ClassVar[dict[str, tuple[str, str, float]]] = {}
    """User, cookie domain and end of each session."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/api/health":
            self._json(HTTPStatus.OK, {"status": "OK"})
        elif path == "/api/authz/auth-request":
            self._authorize()
        elif path == "/":
            self._answer(HTTPStatus.OK, FORM.encode(), {"Content-Type": "text/html"})
        else:
            self._answer(HTTPStatus.NOT_FOUND)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, LARGEST_BODY))
        host = (self.headers.get("X-Forwarded-Host") or self.headers.get("Host") or "").partition(":")[0]
        domain = self.settings.domain_of(host)
        if domain is None or self.headers.get("X-Forwarded-Proto") != "https":
            self._answer(HTTPStatus.BAD_REQUEST)
        elif self.path == "/api/firstfactor":
            self._log_in(json.loads(body), domain)
        elif self.path == "/api/logout":
            self.sessions.pop(self._token(), None)
            self._json(HTTPStatus.OK, {"status": "OK", "data": {"safeTargetURL": True}})
        else:
            self._answer(HTTPStatus.NOT_FOUND)

    def _log_in(self, given: dict[str, Any], domain: str) -> None:
        name = str(given.get("username"))
        user = self.settings.users.get(name)
        if user is None or user.get("disabled") or not _matches(str(given.get("password")), user["password"]):
            message = "Authentication failed. Check your credentials."
            self._json(HTTPStatus.UNAUTHORIZED, {"status": "KO", "message": message})
            return
        token = secrets.token_urlsafe(32)
        self.sessions[token] = (name, domain, time.monotonic() + EXPIRATION_S)
        cookie = f"{self.settings.cookie}={token}; domain={domain}; path=/; HttpOnly; secure; SameSite=Lax"
        target = str(given.get("targetURL") or "")
        safe = target.startswith("https://") and self.settings.domain_of(urlsplit(target).hostname or "") == domain
        data = {"data": {"redirect": target}} if safe else {}
        self._json(HTTPStatus.OK, {"status": "OK", **data}, {"Set-Cookie": cookie})

    def _authorize(self) -> None:
        target, method = self.headers.get("X-Original-URL") or "", self.headers.get("X-Original-Method") or ""
        hostname = urlsplit(target).hostname or ""
        domain = self.settings.domain_of(hostname)
        if not target.startswith(("https://", "wss://")) or not method or domain is None:
            self._answer(HTTPStatus.BAD_REQUEST)
            return
        name, of, end = self.sessions.get(self._token(), ("", "", 0.0))
        rule = next((rule for rule in self.settings.rules if rule.domain == hostname), None)
        if of != domain or end < time.monotonic():
            if rule is None:
                self._answer(HTTPStatus.FORBIDDEN)
                return
            page = f"{self.settings.portals[domain]}/?{urlencode({'rd': target, 'rm': method})}"
            self._answer(HTTPStatus.UNAUTHORIZED, headers={"Location": page})
            return
        user = self.settings.users[name]
        if rule is None or not rule.subjects & {f"user:{name}", *(f"group:{one}" for one in user.get("groups", ()))}:
            self._answer(HTTPStatus.FORBIDDEN)
            return
        told = {"User": name, "Groups": ",".join(user.get("groups", ())), "Name": user["displayname"]}
        headers = {f"Remote-{part}": value for part, value in told.items()} | {"Remote-Email": user.get("email", "")}
        self._answer(HTTPStatus.OK, headers=headers)

    def _token(self) -> str:
        morsel = SimpleCookie(self.headers.get("Cookie") or "").get(self.settings.cookie)
        return morsel.value if morsel else ""

    def _json(self, status: HTTPStatus, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._answer(status, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _answer(self, status: HTTPStatus, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value.encode().decode("latin-1"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _matches(password: str, hashed: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode(), hashed)
    except (InvalidKey, ValueError):
        return False
    return True


def main() -> None:
    """Serves until it is stopped. Ends at once, with the reason, for settings that Authelia would refuse."""
    # The first process of a container hears no signal that it does not handle.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Handler.settings = read()
    Handler.settings.storage.touch()
    ThreadingHTTPServer(("0.0.0.0", Handler.settings.port), Handler).serve_forever()  # noqa: S104 - in a container


if __name__ == "__main__":
    main()
