"""Which account a stack's machines are rented from, and that its secrets are asked for only where they are needed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from operations.failure import Failure
from operations.gpu.account import account_of, has_account, lasting_account, simulated_time
from operations.gpu.alerts.mail import Mail
from operations.gpu.alerts.telling import herald_of
from operations.gpu.alerts.webhook import Webhook
from operations.simulated_account import SimulatedAccount
from providers.tensordock.client.transport import BASE_URL
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SECOND, SimulatorClock
from simulators.tensordock.server import serving
from simulators.tensordock.service import Service
from tests.unit.gpu.checkout import HOST, STACK, Checkout

DECRYPTED = "canary-token"


class FakeEngine:
    """Decrypts, or refuses to."""

    asked: list[str] = []  # noqa: RUF012 - shared by all engines of a test on purpose
    code = 0
    options = ("-s", STACK)

    def __init__(self, stack: str) -> None:
        assert stack == STACK

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.asked.append(arguments[3])
        return subprocess.CompletedProcess(arguments, self.code, f"{DECRYPTED}\n", "error: incorrect passphrase")


@pytest.fixture
def engine(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeEngine]]:
    monkeypatch.setattr("operations.gpu.stack_secrets.Engine", FakeEngine)
    monkeypatch.delenv("TENSORDOCK_BASE_URL", raising=False)
    FakeEngine.asked, FakeEngine.code = [], 0
    yield FakeEngine
    FakeEngine.code = 0


def configure(checkout: Checkout, **values: str) -> None:
    path = checkout.root / f"Pulumi.{STACK}.yaml"
    lines = "".join(f"  tensordock:{key}: {value}\n" for key, value in values.items())
    path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")


def told(account: Any) -> tuple[str, str]:
    transport = account.provider.transport
    return transport.base_url, transport._token


def test_the_stacks_configuration_goes_before_the_environment(
    checkout: Checkout, engine: type[FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENSORDOCK_API_TOKEN", "of-the-environment")
    configure(checkout, apiToken="{secure: v1:x}", baseUrl="https://example.org/api", namespace="team")
    account = account_of(STACK)
    assert told(account) == ("https://example.org/api", DECRYPTED) and account.namespace == "team"
    assert engine.asked == ["tensordock:apiToken"]
    assert DECRYPTED not in repr(account.provider.transport)


def test_a_token_of_the_environment_needs_no_engine(
    checkout: Checkout, engine: type[FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENSORDOCK_API_TOKEN", "of-the-environment")
    assert told(account_of(STACK)) == (BASE_URL, "of-the-environment")
    assert engine.asked == [] and has_account(STACK)


def test_no_token_and_a_wrong_address_are_told(checkout: Checkout, engine: type[FakeEngine]) -> None:
    assert not has_account(STACK)
    with pytest.raises(Failure, match="no API token"):
        account_of(STACK).operation(10)
    configure(checkout, baseUrl="http://example.org")
    with pytest.raises(Failure, match="no https:// address"):
        account_of(STACK)


def test_a_secret_that_cannot_be_decrypted_is_told_without_it(checkout: Checkout, engine: type[FakeEngine]) -> None:
    configure(checkout, apiToken="{secure: v1:x}")
    engine.code = 255
    with pytest.raises(Failure, match="incorrect passphrase") as failed:
        account_of(STACK)
    assert DECRYPTED not in str(failed.value)


def test_simulated_machines_come_from_the_simulated_account_of_the_checkout(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    users: list[str] = []

    def ensure(stack: str) -> SimulatedAccount:
        users.append(stack)
        return SimulatedAccount("http://127.0.0.1:9/api/v2", "simulated", Path())

    monkeypatch.setattr("operations.simulated_account.ensure", ensure)
    monkeypatch.setattr("operations.simulated_account.release", users.remove)
    monkeypatch.setenv("TENSORDOCK_API_TOKEN", "of-the-environment")
    checkout.settings(hosts={"inference": {**HOST, "simulated": True}})
    account = account_of(STACK)
    assert told(account) == ("http://127.0.0.1:9/api/v2", "simulated") and account.simulated
    with pytest.raises(Failure, match="cannot be used"):
        account.now()
    with lasting_account(STACK):
        assert users == [STACK, f"{STACK}.ledger"]
    assert users == [STACK]


def test_a_simulated_accounts_clock_is_the_ledgers() -> None:
    clock = SimulatorClock(running=False, start=1_700_000_000 * SECOND)
    with serving(Service(Account(clock))) as url:
        now = simulated_time(url)
        clock.advance(3600)
        assert now() == 1_700_003_600


def test_channels_come_from_the_settings_and_ask_for_secrets_when_they_send(
    checkout: Checkout, engine: type[FakeEngine]
) -> None:
    assert [each.name for each in herald_of(STACK).channels] == ["log"]
    smtp = {"host": "127.0.0.1", "user": "me", "from": "a@example.org", "to": ["b@example.org"], "tls": "none"}
    checkout.settings(alerts={"smtp": smtp, "webhook": True})
    _, mail, webhook = herald_of(STACK).channels
    assert isinstance(mail, Mail) and isinstance(webhook, Webhook) and engine.asked == []
    assert (mail.password(), webhook.url()) == (DECRYPTED, DECRYPTED)
    assert engine.asked == ["ai-platform:secrets.smtp-password", "ai-platform:secrets.alert-webhook"]
