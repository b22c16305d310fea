"""The four ways to ask, without any socket: what to send first, and what the bytes that came back mean.

A judge gets everything received so far and whether the other side has ended; None says that more is needed.
"""

import re
import struct
from collections.abc import Callable
from typing import NamedTuple

from operations.probing.endpoint import Endpoint
from operations.probing.verdict import Finding, State

Judge = Callable[[bytes, bool], Finding | None]
ANSWER_LIMIT_BYTES = 64 * 1024
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)[ \r]")
# Postgres manual: 53.7 message formats (startup, protocol 3.0) and appendix A (SQLSTATE classes 28 and 3D).
STARTUP = b"user\0postgres\0database\0postgres\0application_name\0ai-platform health\0\0"
ALIVE_SQLSTATES = (b"28", b"3D")
REDIS_ALIVE = {b"+PONG": "answers", b"-NOAUTH": "asks for a login"}


class Conversation(NamedTuple):
    """Send `opening` once connected, then feed `judge` until it decides."""

    opening: bytes
    judge: Judge


def healthy(detail: str) -> Finding:
    return Finding(State.HEALTHY, detail)


def unhealthy(detail: str) -> Finding:
    return Finding(State.UNHEALTHY, detail)


def cut_short(data: bytes, ended: bool, protocol: str) -> Finding | None:
    """The verdict on an answer that is not complete: wait, unless there is no more to come or too much already."""
    if ended:
        return unhealthy(f"closed the connection after {len(data)} bytes of {protocol}")
    return unhealthy(f"sent {len(data)} bytes that are not {protocol}") if len(data) >= ANSWER_LIMIT_BYTES else None


def get(endpoint: Endpoint) -> Conversation:
    """HTTP: the final status must be the expected one; redirects are not followed and the body is not read."""
    host = f"[{endpoint.address}]" if ":" in endpoint.address else endpoint.address
    lines = (f"GET {endpoint.path or '/'} HTTP/1.1", f"Host: {host}:{endpoint.port}",
             "User-Agent: ai-platform-health", "Accept: */*", "Connection: close", "", "")  # fmt: skip

    def judge(data: bytes, ended: bool) -> Finding | None:
        head = data
        while (line := STATUS_LINE.match(head)) and line[1].startswith(b"1") and b"\r\n\r\n" in head:
            head = head.split(b"\r\n\r\n", 1)[1]
        if b"\n" not in head or (line and line[1].startswith(b"1")):
            return cut_short(data, ended, "HTTP")
        if line is None:
            return unhealthy(f"answered with something that is not HTTP: {head[:40]!r}")
        status = int(line[1])
        if status == endpoint.status:
            return healthy(f"HTTP {status}")
        return unhealthy(f"answered HTTP {status}, expected {endpoint.status}")

    return Conversation("\r\n".join(lines).encode(), judge)


def tcp(_: Endpoint) -> Conversation:
    """A connection is all that is asked for."""
    return Conversation(b"", lambda _data, _ended: healthy("accepted a connection"))


def redis(_: Endpoint) -> Conversation:
    """PING: an answer, or being asked to log in first, shows a working server; LOADING and the like do not."""

    def judge(data: bytes, ended: bool) -> Finding | None:
        if b"\n" not in data:
            return cut_short(data, ended, "Redis protocol")
        for start, meaning in REDIS_ALIVE.items():
            if data.startswith(start):
                return healthy(meaning)
        return unhealthy(f"answered PING with {data.splitlines()[0][:80]!r}")

    return Conversation(b"PING\r\n", judge)


def postgres(_: Endpoint) -> Conversation:
    """A startup message as pg_isready sends it: an authentication request, or a refusal of this login, shows that
    sessions are served; "starting up", "shutting down" and "too many connections" do not."""

    def judge(data: bytes, ended: bool) -> Finding | None:
        if len(data) >= 5 and data[:1] not in (b"R", b"E"):
            return unhealthy(f"answered with something that is not Postgres: {data[:40]!r}")
        if len(data) < 5 or len(data) < 1 + struct.unpack("!I", data[1:5])[0]:
            return cut_short(data, ended, "Postgres protocol")
        if data[:1] == b"R":
            return healthy("asks for a login" if data[5:9] != b"\0\0\0\0" else "accepts sessions")
        fields = {field[:1]: field[1:] for field in data[5:].split(b"\0") if field}
        if fields.get(b"C", b"").startswith(ALIVE_SQLSTATES):
            wants_tls = b"no encryption" in fields.get(b"M", b"")
            return healthy("asks for TLS" if wants_tls else "serves sessions, refuses this login")
        return unhealthy(f"SQLSTATE {fields.get(b'C', b'')!r}: {fields.get(b'M', b'')[:80]!r}")

    body = struct.pack("!HH", 3, 0) + STARTUP
    return Conversation(struct.pack("!I", len(body) + 4) + body, judge)


CONVERSATIONS = {"GET": get, "TCP": tcp, "REDIS": redis, "POSTGRES": postgres}
