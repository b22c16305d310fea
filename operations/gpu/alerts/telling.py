"""Tells an alert once by every channel."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from operations.failure import Failure
from operations.gpu.alerts.alert import Alert, Channel, Undelivered
from operations.gpu.alerts.mail import Mail
from operations.gpu.alerts.memory import AlertMemory
from operations.gpu.alerts.webhook import Webhook
from operations.gpu.environments import environment_of
from operations.gpu.stack_secrets import secret
from operations.project import ROOT, state_folder
from settings.alerts import SMTP_PASSWORD, WEBHOOK_URL
from settings.stack_file import NAMESPACE, read

DEADLINE_S = 60.0
"""For all channels together: a mail server that drips its answers must not hold up what stops machines."""


class Log:
    """Standard error, which a timer keeps in its journal."""

    name = "log"

    def send(self, alert: Alert) -> None:
        """Prints it."""
        print(f"ALERT {alert.subject}\n{alert.text}", file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Herald:
    """The channels of an environment, and what each has told."""

    channels: Sequence[Channel]
    memory: AlertMemory
    deadline_s: float = DEADLINE_S

    def tell(self, alert: Alert) -> list[str]:
        """Tells it where it has not been told yet; what went wrong, which is printed too. Never raises.

        A channel that failed is tried again when the same alert is told again.
        """
        failures: dict[str, str] = {}
        threads = {
            each.name: threading.Thread(target=self._tell, args=(each, alert, failures), daemon=True)
            for each in self.channels
        }
        for thread in threads.values():
            thread.start()
        for name, thread in threads.items():
            thread.join(self.deadline_s)
            if thread.is_alive():
                failures[name] = f"not done within {self.deadline_s:.0f} s"
        lines = [f"ALERT NOT DELIVERED by {name}: {cause}" for name, cause in sorted(failures.items())]
        for line in lines:
            print(line, file=sys.stderr, flush=True)
        return lines

    def _tell(self, channel: Channel, alert: Alert, failures: dict[str, str]) -> None:
        try:
            if not self.memory.told(alert.key, channel.name):
                channel.send(alert)
                self.memory.remember(alert.key, channel.name)
        except (Undelivered, Failure, OSError, ValueError) as error:
            failures[channel.name] = str(error)


def herald_of(stack: str) -> Herald:
    """The log, and the channels that the stack's settings name.

    Secrets are decrypted when they are needed, so that a wrong passphrase stops no alert of another channel.
    """
    found = read(ROOT, stack).environment.alerts
    channels: list[Channel] = [Log()]
    if found and found.smtp:
        channels.append(Mail(found.smtp, partial(secret, stack, f"{NAMESPACE}:secrets.{SMTP_PASSWORD}")))
    if found and found.webhook:
        channels.append(Webhook(partial(secret, stack, f"{NAMESPACE}:secrets.{WEBHOOK_URL}")))
    return Herald(channels, AlertMemory(state_folder("alerts") / f"{environment_of(stack)}.json"))
