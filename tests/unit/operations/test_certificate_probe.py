"""What a certificate, as it is served, means for those who verify it."""

import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from operations.outputs import Models, Outputs
from operations.probing.certificate import with_certificates
from operations.probing.endpoint import Certificate, parse_endpoints
from operations.probing.handshake import judged
from operations.probing.issued import with_issued
from operations.probing.verdict import State
from planning.certificates import RENEW_DAYS
from providers.certificates.plugin import issuing
from providers.certificates.plugin.certificate_resource import CertificateResource

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROBE = {"method": "POSTGRES", "path": "", "status": 0, "timeout": 5}
ENTRY: dict[str, Any] = {
    "name": "postgres", "service": "postgres", "host": "local", "url": "tcp://127.0.0.1:5432", "probe": PROBE,
    "route": None, "access": "internal", "needs": [], "certificate": {"name": "postgres", "renew_days": RENEW_DAYS},
}  # fmt: skip
AUTHORITY = issuing.authority(issuing.new_key(), "ai-platform test", NOW, 3650)


def issued(days_ago: float, authority: issuing.Issued = AUTHORITY) -> str:
    at = NOW - timedelta(days=days_ago)
    return issuing.server(authority.certificate, authority.key, ["postgres"], at, 365).certificate


def wanted(last: str = "") -> Certificate:
    return Certificate(
        "postgres", RENEW_DAYS, issued=last, authority=AUTHORITY.certificate, remedy="make up STACK=test"
    )


def test_health_warns_from_the_day_on_which_an_update_issues_anew() -> None:
    assert CertificateResource.fields["renewDays"].default == RENEW_DAYS


@pytest.mark.parametrize(
    ("days_ago", "state", "detail"),
    [
        (0, State.HEALTHY, "until 2027-03-01, 365 days left"),
        (335, State.HEALTHY, "until 2026-03-31, 30 days left"),
        (335.5, State.DEGRADED, "until 2026-03-31, 29 days left, is due to be issued anew: make up STACK=test"),
        (365, State.UNHEALTHY, "expired on 2026-03-01 12:00 UTC: make up STACK=test"),
        (400, State.UNHEALTHY, "expired on 2026-01-25 12:00 UTC: make up STACK=test"),
        (-1, State.UNHEALTHY, "is not valid before 2026-03-02 11:00 UTC: look at the clocks of both machines"),
    ],
)
def test_the_date_decides(days_ago: float, state: State, detail: str) -> None:
    served = issued(days_ago)
    finding = judged(wanted(served), ssl.PEM_cert_to_DER_cert(served), NOW)
    assert (finding.state, finding.detail) == (state, detail)


def test_a_server_that_still_serves_the_old_one_is_found_and_a_newer_one_is_not_blamed() -> None:
    old, new = issued(340), issued(2)
    stale = judged(wanted(new), ssl.PEM_cert_to_DER_cert(old), NOW)
    assert stale.state is State.DEGRADED
    assert stale.detail.startswith("still the old one, until 2026-03-26, 25 days left; another was issued on 2026-02-2")
    assert judged(wanted(old), ssl.PEM_cert_to_DER_cert(new), NOW).state is State.HEALTHY


def test_a_certificate_of_another_authority_is_what_clients_refuse() -> None:
    stranger = issuing.authority(issuing.new_key(), "ai-platform test", NOW, 3650)
    finding = judged(wanted(), ssl.PEM_cert_to_DER_cert(issued(1, stranger)), NOW)
    assert (finding.state, "clients refuse it: make up STACK=test" in finding.detail) == (State.UNHEALTHY, True)


def test_without_outputs_the_date_is_still_told() -> None:
    assert judged(Certificate("postgres", RENEW_DAYS), ssl.PEM_cert_to_DER_cert(issued(1)), NOW).state is State.HEALTHY


def test_only_what_declares_a_certificate_gets_a_row() -> None:
    plain = {name: value for name, value in ENTRY.items() if name != "certificate"} | {"name": "other"}
    rows = [*with_certificates(parse_endpoints([ENTRY, plain]))]
    assert [(row.name, row.method) for row in rows] == [
        ("postgres", "POSTGRES"), ("postgres/certificate", "CERTIFICATE"), ("other", "POSTGRES"),
    ]  # fmt: skip
    assert rows[1].starts_tls


def test_the_outputs_say_which_certificate_it_should_be() -> None:
    texts = {"authority.certificate": SecretStr("A"), "certificate.postgres.certificate": SecretStr("B")}
    outputs = Outputs(endpoints=[], models=Models(chat="x", embedding="y"), credentials={}, certificates=texts)
    (one,) = with_issued(parse_endpoints([ENTRY]), outputs, "test")
    assert one.certificate == Certificate(
        "postgres", RENEW_DAYS, issued="B", authority="A", remedy="make up STACK=test"
    )
