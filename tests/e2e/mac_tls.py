"""TLS of a Mac's own Postgres: issued as providers/certificates does it, asked for as clients and health do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from hosts.report import Exit
from operations.probing.certificate import with_certificates
from operations.probing.endpoint import Certificate, parse_endpoints
from operations.probing.sweep import run_sweep
from operations.probing.verdict import Finding, State
from planning.certificates import RENEW_DAYS
from providers.certificates.plugin import issuing
from tests.e2e.mac import ADDRESS, Mac

NAMES = ("postgres", "localhost", "127.0.0.1", "host.docker.internal", ADDRESS)
SETTINGS = "/opt/ai-platform/etc/postgres"
CERTIFICATE, KEY = f"file {SETTINGS}/server.crt", f"file {SETTINGS}/server.key"
AUTHORITY = issuing.authority(issuing.new_key(), "ai-platform test", datetime.now(UTC) - timedelta(days=400), 3650)


def certified(days_ago: int) -> dict[str, str]:
    """The secrets of a certificate of a year that was issued so many days ago."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    issued = issuing.server(AUTHORITY.certificate, AUTHORITY.key, NAMES, at, 365)
    return {"certificate.postgres.certificate": issued.certificate, "certificate.postgres.key": issued.key}


@dataclass(frozen=True)
class Client:
    """Somebody elsewhere in the office, who was given the authority's certificate."""

    port: int
    password: str
    folder: Path

    def connect(self, mode: str) -> psycopg.Connection[tuple[object, ...]]:
        trusted = self.folder / "authority.pem"
        trusted.write_text(AUTHORITY.certificate)
        return psycopg.connect(
            host=ADDRESS, port=self.port, user="platform", password=self.password, dbname="platform",
            connect_timeout=10, sslmode=mode, sslrootcert=str(trusted),
        )  # fmt: skip

    def health(self, issued: str) -> Finding:
        """What scripts/health says of the certificate, when this one was issued last."""
        probe = {"method": "POSTGRES", "path": "", "status": 0, "timeout": 10}
        place = {"name": "postgres", "service": "postgres-native", "host": "mac", "url": f"tcp://{ADDRESS}:{self.port}"}
        (endpoint,) = parse_endpoints([{**place, "probe": probe, "needs": []}])
        expected = Certificate("postgres", RENEW_DAYS, issued=issued, authority=AUTHORITY.certificate)
        rows = [*with_certificates([replace(endpoint, certificate=expected)])]
        return run_sweep(rows, 30)["postgres/certificate"]


def require_tls(mac: Mac, client: Client) -> None:
    """Nobody in without TLS; a certificate that is due is told of, and issued anew without a new start."""
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        client.connect("disable")
    due, fresh = certified(340), certified(0)
    pid = "head -n 1 /opt/ai-platform/data/postgres/postmaster.pid"
    before = mac.shell(pid)
    _issue(mac, due)
    with client.connect("verify-full") as open_all_along:
        assert client.health(due["certificate.postgres.certificate"]).state is State.DEGRADED
        stale = client.health(fresh["certificate.postgres.certificate"])
        assert (stale.state, stale.detail.startswith("still the old one")) == (State.DEGRADED, True)
        _issue(mac, fresh)
        assert client.health(fresh["certificate.postgres.certificate"]).state is State.HEALTHY
        assert open_all_along.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone() == (True,)
    assert mac.shell(pid) == before
    assert mac.shell(f"ls -l {SETTINGS}/server.key | awk '{{ print $1, $3 }}'") == "-rw------- admin\n"


def _issue(mac: Mac, secrets: dict[str, str]) -> None:
    renewed = replace(mac, secrets={**mac.secrets, **secrets})
    code, found = renewed.run("check")
    assert (code, sorted(found.with_status("would-change"))) == (Exit.DIFFERS, [CERTIFICATE, KEY])
    code, report = renewed.run()
    assert (code, report.with_status("changed")) == (Exit.OK, [CERTIFICATE, KEY, "reload postgres"])
    assert renewed.run("check")[0] == Exit.OK
