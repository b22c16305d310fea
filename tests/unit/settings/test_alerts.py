"""Alerts that nobody could receive, or whose password anybody could read, are refused before they are needed."""

from __future__ import annotations

from typing import Any

import pytest

from settings.load import load

SMTP = {"host": "mail.example.org", "user": "ai", "from": "ai@example.org", "to": ["me@example.org"]}
SECRETS = {"smtp-password": "x", "alert-webhook": "y"}


def paths(alerts: dict[str, Any], secrets: dict[str, str] | None = None) -> list[str]:
    found = load("test", {"alerts": alerts, "secrets": SECRETS if secrets is None else secrets}, "Pulumi.test.yaml")
    return [problem.path for problem in found.problems]


def test_mail_and_a_webhook_with_their_secrets_are_fine() -> None:
    assert paths({"smtp": SMTP, "webhook": True}) == []
    assert paths({"smtp": {**SMTP, "user": ""}}, {}) == []


@pytest.mark.parametrize(
    ("alerts", "path"),
    [({"smtp": SMTP}, "secrets.smtp-password"), ({"webhook": True}, "secrets.alert-webhook")],
)
def test_a_secret_that_is_missing_is_named(alerts: dict[str, Any], path: str) -> None:
    assert paths(alerts, {}) == [path]


@pytest.mark.parametrize(("host", "refused"), [("mail.example.org", True), ("127.0.0.1", False), ("localhost", False)])
def test_a_password_travels_encrypted_or_stays_on_this_machine(host: str, refused: bool) -> None:
    found = paths({"smtp": {**SMTP, "host": host, "tls": "none"}})
    assert found == (["alerts.smtp.tls"] if refused else [])


@pytest.mark.parametrize(
    "changed",
    [{"to": []}, {"from": "nobody"}, {"to": ["a@b, c@d"]}, {"from": "a@b\nBcc: x@y"}, {"port": 0}, {"tls": "ssl"}],
)
def test_what_is_no_address_is_refused(changed: dict[str, Any]) -> None:
    found = paths({"smtp": {**SMTP, **changed}})
    assert found and all(path.startswith("alerts.smtp.") for path in found)
