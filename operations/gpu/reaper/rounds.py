"""One look at all GPU stacks of some environments: one list call for each account."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from operations.failure import Failure
from operations.gpu import idle
from operations.gpu.account import TensorDockAccount, account_of, has_account
from operations.gpu.alerts.alert import Alert
from operations.gpu.alerts.telling import herald_of
from operations.gpu.environments import believed, environment_of, rents, require_told
from operations.gpu.listing import listed
from operations.gpu.machines import Survey
from operations.gpu.reaper.limits import limits_of
from operations.gpu.reaper.one_machine import Done
from operations.gpu.reaper.ssh_hands import SshHands
from operations.gpu.reaper.stack_pass import StackPass
from operations.gpu.remembered import Watches, moments_of
from operations.gpu.small_file import SmallFile
from operations.gpu.spend.bookkeeper import Bookkeeper
from operations.gpu.spend.books import books_of
from operations.gpu.spend.periods import day_of
from operations.gpu.spend.summing import latest
from operations.project import ROOT, state_folder
from providers.tensordock.client.money import hourly
from settings.problem import SettingsError
from settings.stack_file import read

SOURCE = "gpu-reaper"


@dataclass(frozen=True, kw_only=True)
class Round:
    """What became of every machine. `untold`: the stacks that could not be looked at as they should be, and why."""

    done: dict[str, list[Done]] = field(default_factory=dict)
    untold: dict[str, str] = field(default_factory=dict)

    @property
    def machines(self) -> list[Done]:
        """Those of all stacks."""
        return [one for some in self.done.values() for one in some]

    @property
    def look_again(self) -> float:
        """Seconds until a limit can be reached."""
        return min((one.verdict.look_again for one in self.machines), default=float("inf"))


class Rounds:
    """Goes around as often as it is asked to; logins to accounts are kept until they fail."""

    def __init__(self) -> None:
        self._accounts: dict[str, TensorDockAccount] = {}

    def go(self, stacks: Sequence[str]) -> Round:
        """A stack that cannot be looked at keeps no other from its look; one that rents nothing is passed over."""
        result, seen = Round(), dict[tuple[str, str], Survey]()
        for stack in stacks:
            try:
                if rents(stack) and (has_account(stack) or believed(stack)):
                    result.done[stack] = self._one(stack, seen)
                if believed(stack):
                    require_told(stack)
            except (Failure, SettingsError) as failure:
                self._accounts.pop(stack, None)
                result.untold[stack] = str(failure)
                _tell_untold(stack, failure)
        return result

    def _one(self, stack: str, seen: dict[tuple[str, str], Survey]) -> list[Done]:
        account = self._accounts.get(stack) or account_of(stack)
        self._accounts[stack] = account
        books = books_of(environment_of(stack))
        key = (account.provider.transport.account, account.namespace)
        if key not in seen:
            seen[key] = listed(account, latest(books.ledger.readable()))
        work = StackPass(
            keeper=Bookkeeper(account, books.ledger, stack, SOURCE, reserved=True),
            books=books,
            hands=SshHands(stack, account),
            watches=Watches(SmallFile(state_folder("gpu") / f"{stack}.watches.json"), moments_of(account)),
            limits=partial(limits_of, read(ROOT, stack).environment.hosts),
            tell=herald_of(stack).tell,
            note=partial(idle.remember, stack),
        )
        return work.run(seen[key])


def _tell_untold(stack: str, cause: Failure | SettingsError) -> None:
    """Nobody looks after the stack's machines while this lasts: their own timers end them. Told once a day.

    Of a stack with faulty settings what is valid counts: a host or a budget may be missing from that.
    """
    machines = [f"VM {each.name} ({each.status}), costs {hourly(each.hourly_micro_usd)}" for each in believed(stack)]
    if machines:
        key = f"{stack}:untold:{day_of(int(time.time())).name}"
        what = "may not stop" if isinstance(cause, SettingsError) else "cannot stop"
        text = f"the reaper cannot look at {stack} as it should, and {what} {'; '.join(machines)}: {cause}"
        with contextlib.suppress(SettingsError):  # its channels stand in the same file; the round shows the cause
            herald_of(stack).tell(Alert(key, environment_of(stack), f"{stack}: the reaper is blind", text))
