"""The TensorDock account behind a GPU stack: the real one, or the simulated one of this checkout."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from operations.failure import Failure
from operations.gpu.server_clock import ServerClock
from operations.gpu.stack_secrets import configured, has_value
from operations.project import ROOT
from providers.common.errors import PluginError
from providers.common.resource import Call
from providers.tensordock.client.errors import TensorDockError, Unauthorized
from providers.tensordock.plugin.account import Account, Surroundings
from providers.tensordock.plugin.operation import Operation
from settings.stack_file import read

SETTINGS = ("apiToken", "baseUrl", "namespace", "pollSeconds", "callsPerMinute")
CLOCK_S = 10.0
CHECK_IT = "check the token: TENSORDOCK_API_TOKEN, or scripts/pulumi config set --secret tensordock:apiToken -s <stack>"


@dataclass(frozen=True, slots=True)
class TensorDockAccount:
    """One account as its provider reaches it: same token, address, namespace and pace.

    `clock` gives seconds since the epoch by the clock that the account bills by.
    """

    provider: Account
    clock: Callable[[], int]
    simulated: bool = False

    @property
    def namespace(self) -> str:
        """What the names of our machines begin with."""
        return self.provider.namespace

    def now(self) -> int:
        """Seconds since the epoch, by the clock that the account bills by. Raises Failure where it does not answer."""
        with understood():
            return self.clock()

    def operation(
        self, seconds: float, *, reserved: bool = False, cancelled: threading.Event | None = None
    ) -> Operation:
        """The calls of one operation, within so many seconds. `reserved`: it stops or deletes what costs money."""
        call = Call("", seconds, cancelled or threading.Event())
        with understood():
            return self.provider.operation(call, seconds, reserved=reserved)


def account_of(stack: str) -> TensorDockAccount:
    """The account that the stack's machines are rented from.

    The stack's configuration (`tensordock:apiToken`, `baseUrl`, `namespace`) goes before TENSORDOCK_API_TOKEN and
    TENSORDOCK_BASE_URL, as with the provider. Raises Failure where it cannot be used.
    """
    configuration: dict[str, Any] = {name: configured(stack, f"tensordock:{name}") for name in SETTINGS}
    with understood():
        if not is_simulated(stack):
            account = Account(configuration, Surroundings())
            return TensorDockAccount(account, ServerClock(account.transport.base_url))
        # Imported here: only development environments simulate anything.
        from operations.simulated_account import ensure  # noqa: PLC0415

        simulated = ensure(stack)
        configuration |= {"apiToken": simulated.token, "baseUrl": simulated.base_url}
        clock = simulated_time(simulated.base_url)
        return TensorDockAccount(Account(configuration, Surroundings()), clock, simulated=True)


def has_account(stack: str) -> bool:
    """Whether an account is set up for the stack: a token is configured, or its simulated account runs."""
    if is_simulated(stack):
        from operations.simulated_account import running  # noqa: PLC0415

        return running() is not None
    return has_value(stack, "tensordock:apiToken") or bool(os.environ.get("TENSORDOCK_API_TOKEN"))


def is_simulated(stack: str) -> bool:
    """Whether the stack's machines are rented from the simulated account of this checkout."""
    hosts = read(ROOT, stack).environment.hosts.values()
    return any(host.rented and host.simulated for host in hosts)


@contextmanager
def lasting_account(stack: str) -> Iterator[None]:
    """Keeps a simulated account running while the block runs, also when the stack gives it up meanwhile."""
    if not is_simulated(stack):
        yield
        return
    from operations.simulated_account import ensure, release  # noqa: PLC0415

    holder = f"{stack}.ledger"
    ensure(holder)
    try:
        yield
    finally:
        release(holder)


def simulated_time(base_url: str) -> Callable[[], int]:
    """The clock of a simulated account, which its tests move ahead."""

    def now() -> int:
        answer = requests.get(f"{base_url}/_simulator/state", timeout=CLOCK_S)
        answer.raise_for_status()
        return int(answer.json()["now"]) // 1_000_000

    return now


@contextmanager
def understood() -> Iterator[None]:
    """What the account or its configuration refuses becomes a Failure; nothing is taken for an absence."""
    try:
        yield
    except Unauthorized as error:
        raise Failure(f"TensorDock refuses the token: {error}", CHECK_IT) from None
    except TensorDockError as error:
        raise Failure(f"TensorDock does not answer as it should: {error}", "run the same command again") from None
    except (PluginError, requests.RequestException) as error:
        raise Failure(f"the TensorDock account cannot be used: {error}", CHECK_IT) from None
