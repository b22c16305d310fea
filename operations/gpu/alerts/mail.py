"""Alerts by mail."""

from __future__ import annotations

import smtplib
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from operations.gpu.alerts.alert import Alert, Undelivered
from settings.alerts import Smtp

REPLY_S = 20.0
"""For each answer of the server."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server. `password` is asked for when it is needed, and never shown."""

    smtp: Smtp
    password: Callable[[], str] = field(repr=False)
    name: str = "mail"

    def send(self, alert: Alert) -> None:
        """Returns when the server has taken the mail for at least one address. Raises Undelivered or Failure."""
        password = self.password() if self.smtp.user else ""
        where = f"{self.smtp.host}:{self.smtp.port}"
        try:
            with self._connected() as server:
                if self.smtp.user:
                    server.login(self.smtp.user, password)
                refused = server.send_message(self._message(alert), self.smtp.sender, list(self.smtp.to))
        except (smtplib.SMTPException, OSError) as error:
            raise Undelivered(f"{where}: {_words(error)}") from None
        if refused:
            # Sent again, it would reach the others twice.
            print(f"{where} took the alert, but not for {', '.join(sorted(refused))}", file=sys.stderr, flush=True)

    def _connected(self) -> smtplib.SMTP:
        host, port = self.smtp.host, self.smtp.port
        trusted = ssl.create_default_context()
        if self.smtp.tls == "implicit":
            return smtplib.SMTP_SSL(host, port, timeout=REPLY_S, context=trusted)
        server = smtplib.SMTP(host, port, timeout=REPLY_S)
        if self.smtp.tls == "starttls":
            try:
                server.starttls(context=trusted)
            except BaseException:
                server.close()
                raise
        return server

    def _message(self, alert: Alert) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = alert.subject
        message["From"] = self.smtp.sender
        message["To"] = ", ".join(self.smtp.to)
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = make_msgid(domain=self.smtp.sender.rpartition("@")[2])
        message.set_content(alert.text)
        return message


def _words(error: Exception) -> str:
    """What went wrong; a refused login is told without the server's words, which may repeat what it was given."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the login is refused ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "no address is taken: " + "; ".join(
            f"{address}: {code} {text.decode(errors='replace')}"
            for address, (code, text) in sorted(error.recipients.items())
        )
    return str(error) or type(error).__name__
