"""Finds rented machines of this project's namespace that no stack knows, stops them after a grace time.

They are what a lost state or a deleted checkout leaves behind. Machines of other namespaces are never touched.

Exit codes: 0 there are none, 2 there are some (waited for, stopped or destroyed), 1 account or states do not tell,
4 one could not be stopped, 6 another sweep is at work.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from functools import partial

from rich.table import Table

from operations.console import console_for
from operations.failure import Failure
from operations.gpu.account import TensorDockAccount, account_of, has_account
from operations.gpu.alerts.telling import herald_of
from operations.gpu.environments import gpu_stacks
from operations.gpu.exit_codes import ANOTHER_RUNS, CANNOT_STOP
from operations.gpu.machines import survey
from operations.gpu.one_at_a_time import one_at_a_time
from operations.gpu.remembered import Watches, moments_of
from operations.gpu.small_file import SmallFile
from operations.gpu.sweep.decision import GRACE_MINUTES, Rules
from operations.gpu.sweep.known import known_names
from operations.gpu.sweep.sweeping import Sweep, Swept
from operations.project import state_folder
from operations.telling import Parser, telling
from providers.tensordock.client.money import hourly

FOUND = 2


def main() -> int:
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = Parser("scripts/gpu-sweep", description=purpose, epilog=codes)
    parser.add_argument(
        "--grace-minutes", type=span, default=GRACE_MINUTES, help=f"stopped after so long (default: {GRACE_MINUTES})"
    )
    parser.add_argument("--destroy-after", type=span, metavar="HOURS", help="destroyed, with its disk, after so long")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return telling(lambda: _run(parser.parse_args()))


def span(text: str) -> float:
    """Minutes or hours as given. Raises ArgumentTypeError for what is no span of time: it would end all waiting."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no span of time: give a number of at least 0")
    return value


def _run(options: argparse.Namespace) -> int:
    hours = options.destroy_after
    rules = Rules(options.grace_minutes * 60, None if hours is None else hours * 3600)
    with one_at_a_time(state_folder("gpu") / "sweep.lock") as alone:
        if not alone:
            print("another sweep of this checkout is at work", file=sys.stderr)
            return ANOTHER_RUNS
        swept = [one for stack, account in _accounts().items() for one in _sweep(stack, account, rules)]
    _show(swept, as_document=options.json)
    if any(one.failed for one in swept):
        return CANNOT_STOP
    return FOUND if swept else 0


def _accounts() -> dict[str, TensorDockAccount]:
    """Each account once, with a stack that uses it. Raises Failure where there is none."""
    found: dict[tuple[str, str], tuple[str, TensorDockAccount]] = {}
    for stack in gpu_stacks():
        if has_account(stack):
            account = account_of(stack)
            found.setdefault((account.provider.transport.account, account.namespace), (stack, account))
    if not found:
        raise Failure("no GPU stack here has an account", "set TENSORDOCK_API_TOKEN, then run the same command again")
    return dict(found.values())


def _sweep(stack: str, account: TensorDockAccount, rules: Rules) -> list[Swept]:
    file = SmallFile(state_folder("gpu") / f"sweep-{account.provider.transport.account}")
    return Sweep(
        account=account,
        look=partial(survey, account, reserved=True),
        known=known_names,
        watches=Watches(file, moments_of(account)),
        rules=rules,
        tell=herald_of(stack).tell,
    ).run()


def _show(swept: list[Swept], *, as_document: bool) -> None:
    if as_document:
        print(json.dumps({"strays": [_document(one) for one in swept]}))
        return
    if not swept:
        print("every rented machine of ours belongs to a stack")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("MACHINE", "STATE", "PRICE", "WITHOUT A STACK", "STEP"):
        table.add_column(heading, overflow="fold")
    for one in swept:
        price, since = hourly(one.machine.hourly_micro_usd), f"{one.seconds / 60:.0f} min"
        table.add_row(one.machine.name, str(one.machine.status), price, since, "FAILED" if one.failed else one.step)
    console_for(table).print(table)
    for one in swept:
        print(one.text)


def _document(one: Swept) -> dict[str, object]:
    return {
        "name": one.machine.name,
        "instance_id": one.machine.instance_id,
        "status": str(one.machine.status),
        "hourly_micro_usd": one.machine.hourly_micro_usd,
        "seconds": one.seconds,
        "step": str(one.step),
        "text": one.text,
        "failed": one.failed,
    }


if __name__ == "__main__":
    sys.exit(main())
