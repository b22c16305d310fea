"""Mail reaches a real SMTP server, over TLS and with a login; what it refuses is said without secrets."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from operations.failure import Failure
from operations.gpu.alerts import mail as mail_module
from operations.gpu.alerts.alert import Alert, Undelivered
from operations.gpu.alerts.mail import Mail
from settings.alerts import Smtp
from tests.unit.gpu.certificate import certified
from tests.unit.gpu.mail_server import HOST, MailServer, serving

ALERT = Alert("budget:day:2026-11-21:80", "prod", "prod: budget of the day: alert (82 %)", "4.10 of 5 USD — look")
PASSWORD = "canary-password"


def mail(server: MailServer, password: str = PASSWORD, **more: Any) -> Mail:
    settings = {"host": HOST, "port": server.port, "tls": "none", "from": "ai@example.org", "to": ("me@example.org",)}
    return Mail(Smtp.model_validate({**settings, **more}), lambda: password)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    context, trusted = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    return context


def test_a_mail_says_who_what_and_when() -> None:
    with serving(MailServer()) as server:
        mail(server, to=("me@example.org", "you@example.org")).send(ALERT)
    assert server.mails[0].rcpt_tos == ["me@example.org", "you@example.org"]
    for part in ("Subject: prod: budget of the day: alert (82 %)", "From: ai@example.org", "Date: ", "Message-ID: <"):
        assert part in server.text()


def test_starttls_and_a_login_are_used(tls: ssl.SSLContext) -> None:
    with serving(MailServer(login=("ai", PASSWORD)), starttls=tls) as server:
        mail(server, tls="starttls", user="ai").send(ALERT)
    assert (len(server.mails), server.logins) == (1, 1)


def test_implicit_tls_is_used(tls: ssl.SSLContext) -> None:
    with serving(MailServer(login=("ai", PASSWORD)), tls=tls) as server:
        mail(server, tls="implicit", user="ai").send(ALERT)
    assert (len(server.mails), server.logins) == (1, 1)


@pytest.mark.parametrize("kind", ["starttls", "implicit"])
def test_a_certificate_that_nobody_vouches_for_gets_no_password(tmp_path: Path, kind: str) -> None:
    context, _ = certified(tmp_path)
    contexts: dict[str, Any] = {"starttls": {"starttls": context}, "implicit": {"tls": context}}
    with serving(MailServer(login=("ai", PASSWORD)), **contexts[kind]) as server:
        with pytest.raises(Undelivered, match="certificate verify failed"):
            mail(server, tls=kind, user="ai").send(ALERT)
        assert (server.logins, server.mails) == (0, [])


def test_a_server_that_offers_no_tls_gets_nothing() -> None:
    with serving(MailServer()) as server, pytest.raises(Undelivered, match="STARTTLS"):
        mail(server, tls="starttls").send(ALERT)
    assert server.mails == []


def test_a_refused_login_is_told_without_the_password(tls: ssl.SSLContext) -> None:
    with (
        serving(MailServer(login=("ai", "another")), starttls=tls) as server,
        pytest.raises(Undelivered, match=r"login is refused \(535\)") as failed,
    ):
        mail(server, tls="starttls", user="ai").send(ALERT)
    assert PASSWORD not in str(failed.value) and PASSWORD not in repr(mail(server, user="ai"))


def test_refused_addresses_are_named_with_the_servers_words() -> None:
    refusing = MailServer(refused=("me@example.org",))
    with serving(refusing) as server, pytest.raises(Undelivered, match=r"me@example\.org: 550 no such mailbox"):
        mail(server).send(ALERT)


def test_one_refused_address_of_two_is_loud_and_the_mail_is_delivered(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(MailServer(refused=("me@example.org",))) as server:
        mail(server, to=("me@example.org", "you@example.org")).send(ALERT)
    assert server.mails[0].rcpt_tos == ["you@example.org"]
    assert "not for me@example.org" in capsys.readouterr().err


def test_a_server_that_refuses_the_mail_or_is_not_there_is_told() -> None:
    with serving(MailServer(broken=True)) as server, pytest.raises(Undelivered, match="451"):
        mail(server).send(ALERT)
    with pytest.raises(Undelivered, match=rf"{HOST}:{server.port}: .*refused"):
        mail(server).send(ALERT)


def test_a_server_that_never_answers_ends_with_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_module, "REPLY_S", 0.2)
    with socket.create_server((HOST, 0)) as silent:
        server = MailServer(port=silent.getsockname()[1])
        with pytest.raises(Undelivered, match="timed out"):
            mail(server).send(ALERT)


def test_a_password_that_cannot_be_decrypted_is_a_failure_of_this_channel() -> None:
    def locked() -> str:
        raise Failure("incorrect passphrase", "set it")

    smtp = mail(MailServer(port=1), user="ai").smtp
    with pytest.raises(Failure, match="passphrase"):
        Mail(smtp, locked).send(ALERT)
