"""scripts/health against servers that show certificates: TLS at once, and TLS as Postgres begins it."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from providers.certificates.plugin import issuing
from tests.e2e.test_health import entry, health

SSL_REQUEST = bytes.fromhex("0000000804d2162f")
REFUSAL = b"SFATAL\0C28000\0Mno pg_hba.conf entry, no encryption\0\0"


class Shown(socketserver.BaseRequestHandler):
    """Hands out its certificate, and is otherwise what the probe of a server without a login meets."""

    def handle(self) -> None:
        assert isinstance(self.server, Server)
        if self.server.postgres:
            asked = self.request.recv(8)
            if asked != SSL_REQUEST:
                self.request.sendall(b"E" + struct.pack("!I", len(REFUSAL) + 4) + REFUSAL)
                return
            self.request.sendall(b"S" if self.server.context else b"N")
        if self.server.context:
            with contextlib.suppress(OSError):
                self.server.context.wrap_socket(self.request, server_side=True).recv(1)


class Stranger(socketserver.BaseRequestHandler):
    """Speaks something else, or hangs up without a word."""

    def handle(self) -> None:
        assert isinstance(self.server, Server)
        self.request.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" if self.server.postgres else b"")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    postgres: bool
    context: ssl.SSLContext | None


@contextlib.contextmanager
def serving(folder: Path, days_ago: int | None, *, postgres: bool) -> Iterator[dict[str, Any]]:
    """The endpoint of a server whose certificate of a year was issued so many days ago; None for one without TLS."""
    with Server(("127.0.0.1", 0), Shown) as server:
        server.postgres, server.context = postgres, None
        if days_ago is not None:
            at = datetime.now(UTC) - timedelta(days=days_ago)
            authority = issuing.authority(issuing.new_key(), "ai-platform test", at, 3650)
            issued = issuing.server(authority.certificate, authority.key, ["127.0.0.1"], at, 365)
            kept = folder / f"{days_ago}.pem"
            kept.write_text(issued.certificate + issued.key)
            server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.context.load_cert_chain(kept)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        name = f"{'postgres' if postgres else 'names'}-{days_ago}"
        method = "POSTGRES" if postgres else "TCP"
        probed = entry(name, server.server_address[1], method=method, path="", status=0)
        yield {**probed, "certificate": {"name": "office.test", "renew_days": 30}}
        server.shutdown()


def test_every_certificate_is_seen_as_it_is_served(tmp_path: Path) -> None:
    with contextlib.ExitStack() as servers:
        endpoints = [
            servers.enter_context(serving(tmp_path, days_ago, postgres=postgres))
            for days_ago in (1, 340, 366)
            for postgres in (True, False)
        ]
        endpoints.append(servers.enter_context(serving(tmp_path, None, postgres=True)))
        code, answer = health(endpoints)
    seen = {one["name"]: one for one in answer["endpoints"] if one["service"] == "certificate"}
    assert {name: one["state"] for name, one in seen.items()} == {
        "postgres-1/certificate": "healthy", "names-1/certificate": "healthy",
        "postgres-340/certificate": "degraded", "names-340/certificate": "degraded",
        "postgres-366/certificate": "unhealthy", "names-366/certificate": "unhealthy",
        "postgres-None/certificate": "unhealthy",
    }  # fmt: skip
    assert "serves no TLS" in seen["postgres-None/certificate"]["detail"]
    assert code == 1


def test_a_certificate_that_is_due_is_an_exit_code_and_leaves_its_service_healthy(tmp_path: Path) -> None:
    with serving(tmp_path, 340, postgres=False) as endpoint:
        code, answer = health([endpoint], "--name", endpoint["name"])
    assert (code, [one["state"] for one in answer["endpoints"]]) == (1, ["healthy", "degraded"])


def test_who_speaks_no_tls_hangs_up_or_stays_mute_is_unhealthy_and_nothing_else_suffers(tmp_path: Path) -> None:
    certified = {"certificate": {"name": "office.test", "renew_days": 30}}
    with contextlib.ExitStack() as servers:
        endpoints = [servers.enter_context(serving(tmp_path, 1, postgres=True))]
        for speaks in (True, False):
            server = servers.enter_context(Server(("127.0.0.1", 0), Stranger))
            server.postgres, server.context = speaks, None
            threading.Thread(target=server.serve_forever, daemon=True).start()
            servers.callback(server.shutdown)
            place = entry(f"speaks-{speaks}", server.server_address[1], method="TCP", path="", status=0)
            endpoints.append({**place, **certified})
        mute = servers.enter_context(socket.create_server(("127.0.0.1", 0)))
        stuck = entry("mute", mute.getsockname()[1], method="TCP", path="", status=0, timeout=0.5)
        code, answer = health([*endpoints, {**stuck, **certified}])
    states = {one["name"]: one["state"] for one in answer["endpoints"] if one["service"] == "certificate"}
    assert (code, states) == (1, {
        "postgres-1/certificate": "healthy", "mute/certificate": "unhealthy",
        "speaks-True/certificate": "unhealthy", "speaks-False/certificate": "unhealthy",
    })  # fmt: skip
