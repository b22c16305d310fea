"""Alerts to a webhook, as JSON with a `text`, which chat services show."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

from operations.gpu.alerts.alert import Alert, Undelivered

ANSWER_S = 10.0
PAUSES_S = (1.0, 3.0)
"""Before the second and the third try, which are made where the server may have been in trouble."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that takes alerts. It is a secret: whoever has it can post there."""

    url: Callable[[], str] = field(repr=False)
    name: str = "webhook"
    pauses_s: tuple[float, ...] = PAUSES_S

    def send(self, alert: Alert) -> None:
        """Returns when the server has answered with a success. Raises Undelivered or Failure."""
        url = self.url()
        if (wrong := _wrong(url)) is not None:
            raise Undelivered(f"the secret alert-webhook {wrong}")
        body = {"text": f"{alert.subject}\n{alert.text}", "subject": alert.subject, "key": alert.key,
                "environment": alert.environment}  # fmt: skip
        for pause in (*self.pauses_s, None):
            problem, again = _post(url, body)
            if not problem:
                return
            if pause is None or not again:
                raise Undelivered(f"{urlsplit(url).hostname}: {problem}")
            time.sleep(pause)


def _post(url: str, body: dict[str, str]) -> tuple[str, bool]:
    """What went wrong, or nothing; and whether another try may help. Never the address, which is a secret."""
    try:
        # The body of the answer is not read: it says nothing that a status does not, and may never end.
        with requests.post(url, json=body, timeout=ANSWER_S, allow_redirects=False, stream=True) as answer:
            status = answer.status_code
    except requests.Timeout:
        return f"no answer within {ANSWER_S:.0f} s", True
    except requests.RequestException as error:
        return type(error).__name__, True
    return ("", False) if 200 <= status < 300 else (f"HTTP {status}", status == 429 or status >= 500)


def _wrong(url: str) -> str | None:
    parts = urlsplit(url)
    local = parts.hostname is not None and (parts.hostname == "localhost" or parts.hostname.startswith("127."))
    if (parts.scheme == "https" and parts.hostname) or (parts.scheme == "http" and local):
        return None
    return "is no https:// address"
