"""Who is told when money runs out or a machine cannot be stopped."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from settings.base import Address, Port, Settings
from settings.problem import Problem

SMTP_PASSWORD = "smtp-password"  # noqa: S105 - the name of the secret
WEBHOOK_URL = "alert-webhook"
MailAddress = Annotated[str, StringConstraints(pattern=r"^[^@\s<>,]+@[^@\s<>,]+$", max_length=254)]


class Smtp(Settings):
    """The mail server that takes alerts. The password of `user` is the secret `smtp-password`."""

    host: Address = Field(description="Name of the mail server.")
    port: Port = Field(default=587, description="587 for starttls, 465 for implicit.")
    tls: Literal["starttls", "implicit", "none"] = Field(
        default="starttls", description="none: for a server on this machine only when there is a `user`."
    )
    user: str = Field(default="", description="Login; empty: the server asks for none.")
    sender: MailAddress = Field(alias="from", description="Address that alerts come from.")
    to: tuple[MailAddress, ...] = Field(min_length=1, description="Addresses that alerts go to.")


class Alerts(Settings):
    """Ways to tell people: mail, a webhook, or both."""

    smtp: Smtp | None = Field(default=None, description="Mail.")
    webhook: bool = Field(default=False, description="POST as JSON to the address in the secret `alert-webhook`.")


def problems(alerts: Alerts | None, secrets: Container[str], stack: str) -> Iterator[Problem]:
    """Secrets that are missing, and a password that would travel unencrypted."""
    if alerts is None:
        return
    if alerts.smtp and alerts.smtp.user:
        if SMTP_PASSWORD not in secrets:
            yield _missing(SMTP_PASSWORD, "the mail server wants a password", stack)
        if alerts.smtp.tls == "none" and not alerts.smtp.host.startswith("127.") and alerts.smtp.host != "localhost":
            yield Problem(
                path="alerts.smtp.tls",
                value="none",
                cause="the password would travel unencrypted",
                remedy="use starttls or implicit",
            )
    if alerts.webhook and WEBHOOK_URL not in secrets:
        yield _missing(WEBHOOK_URL, "the webhook has no address", stack)


def _missing(name: str, cause: str, stack: str) -> Problem:
    remedy = f"scripts/pulumi config set -s {stack} --secret --path 'ai-platform:secrets.{name}'"
    return Problem(path=f"secrets.{name}", value="", cause=cause, remedy=remedy)
