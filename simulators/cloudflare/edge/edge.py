"""What the listeners share: the account, the team with its keys and mailbox, counters, and the connectors."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.cloudflare.account import Account
from simulators.cloudflare.edge.connectors import Connectors
from simulators.cloudflare.edge.keys import KeyRing
from simulators.cloudflare.edge.limits import Limits
from simulators.cloudflare.edge.mailbox import Mailbox
from simulators.cloudflare.edge.session import Sessions

TEAM_DOMAIN = "cloudflareaccess.com"
ANSWER_SECONDS = 100.0
"""How long the real edge waits for an origin to say something before it answers 524."""


@dataclass
class Edge:
    """`lock` is that of the API's service: a request sees the account between two calls, never within one."""

    account: Account
    lock: threading.RLock
    team: str = "dev"
    keys: KeyRing = field(default_factory=KeyRing)
    mailbox: Mailbox = field(default_factory=Mailbox)
    limits: Limits = field(default_factory=Limits)
    connectors: Connectors = field(default_factory=Connectors)
    answer_seconds: float = ANSWER_SECONDS
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.keys, f"https://{self.team_host}")

    @property
    def team_host(self) -> str:
        """Where people log in."""
        return f"{self.team}.{TEAM_DOMAIN}"
