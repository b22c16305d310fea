"""One-time PINs, and the mailbox that they arrive in: the simulator's control API shows it, no page does."""

import hmac
import secrets
from collections import deque
from dataclasses import dataclass, field

VALID_SECONDS = 600.0
ATTEMPTS = 5


@dataclass
class Mail:
    """One PIN for one address to log in at one host; `sent` in seconds since 1970."""

    to: str
    host: str
    pin: str
    sent: float
    attempts: int = 0
    used: bool = False


@dataclass
class Mailbox:
    """The last hundred mails, the newest last."""

    mails: deque[Mail] = field(default_factory=lambda: deque(maxlen=100))

    def send(self, address: str, host: str, now: float) -> None:
        """A new PIN; those before it for the same login are void."""
        for mail in self._to(address, host):
            mail.used = True
        self.mails.append(Mail(address, host, f"{secrets.randbelow(10**6):06}", now))

    def accept(self, address: str, host: str, pin: str, now: float) -> bool:
        """Whether this is the PIN that was sent; it is then used up. So it is after five attempts."""
        for mail in self._to(address, host):
            mail.attempts += 1
            right = hmac.compare_digest(mail.pin.encode(), pin.strip().encode()) and now < mail.sent + VALID_SECONDS
            mail.used = right or mail.attempts >= ATTEMPTS
            return right
        return False

    def _to(self, address: str, host: str) -> list[Mail]:
        return [mail for mail in self.mails if (mail.to, mail.host) == (address, host) and not mail.used]
