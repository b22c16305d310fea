"""The engine and the login key of a GPU stack, made ready for the account that its machines are rented from."""

from __future__ import annotations

import subprocess
from pathlib import Path

from operations.engine import Engine
from operations.failure import USAGE, Failure
from operations.gpu.account import account_of, understood
from operations.gpu.stack_secrets import configured
from operations.project import ROOT
from planning.plan import Plan

CHECK_S = 60.0
KEYGEN_S = 20


def rented_engine(plan: Plan) -> Engine:
    """The engine, whose provider uses the account of this stack: a simulated one never comes near the real API.

    Raises Failure where the stack names no account.
    """
    if not simulated(plan):
        return Engine(plan.name)
    for key in ("tensordock:apiToken", "tensordock:baseUrl"):
        if configured(plan.name, key) is not None:
            raise Failure(
                f"the machines of {plan.name} are simulated, and its file names an account: {key}",
                f"remove it: scripts/pulumi config rm {key} -s {plan.name}; or remove `simulated: true`",
                USAGE,
            )
    # Imported here: only development environments simulate anything.
    from operations.simulated_account import ensure  # noqa: PLC0415

    return Engine(plan.name, ensure(plan.name).environment())


def release_account(plan: Plan) -> None:
    """The stack rents nothing any more: the simulated account may end."""
    if simulated(plan):
        from operations.simulated_account import release  # noqa: PLC0415

        release(plan.name)


def require_account(plan: Plan) -> None:
    """Raises Failure, before anything is changed, where there is no token or TensorDock refuses it."""
    with understood():
        account_of(plan.name).operation(CHECK_S).api.instances()


def simulated(plan: Plan) -> bool:
    """Whether the stack's machines are simulated. The settings do not mix them."""
    return any(host.simulated for host in plan.hosts.values())


def make_login_keys(plan: Plan) -> None:
    """Makes the login keys of simulated machines; those of real ones are yours to make and to keep."""
    for host in plan.hosts.values():
        if not (host.simulated and host.ssh):
            continue
        file = ROOT / Path(host.ssh.identity_file).expanduser()
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", plan.name, "-f", str(file)]
            subprocess.run(command, check=True, timeout=KEYGEN_S, stdin=subprocess.DEVNULL)
