"""A real SMTP server on this machine: TLS, login, and addresses that it refuses."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"


@dataclass
class MailServer:
    """What it takes: `login` is (user, password); mail for `refused` is not."""

    login: tuple[str, str] | None = None
    refused: tuple[str, ...] = ()
    broken: bool = False
    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    logins: int = 0

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.broken:
            return "451 out of space"
        self.mails.append(envelope)
        return "250 taken"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: Any) -> AuthResult:
        self.logins += 1
        assert isinstance(given, LoginPassword) and self.login
        right = (given.login.decode(), given.password.decode()) == self.login
        return AuthResult(success=right, handled=False)

    def text(self) -> str:
        """The last mail that it has taken."""
        content = self.mails[-1].content
        assert isinstance(content, bytes)
        return content.decode()


@contextlib.contextmanager
def serving(
    mail: MailServer, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[MailServer]:
    """Serves as long as the block runs; its port is then in `mail.port`."""
    with socket.create_server((HOST, 0)) as free:
        mail.port = free.getsockname()[1]
    controller = Controller(
        mail, hostname=HOST, port=mail.port, ssl_context=tls, tls_context=starttls,
        require_starttls=starttls is not None, authenticator=mail.authenticate if mail.login else None,
        auth_required=starttls is not None and mail.login is not None, auth_require_tls=starttls is not None,
        ready_timeout=20,
    )  # fmt: skip
    controller.start()
    try:
        yield mail
    finally:
        controller.stop()
