"""What an office needs for internal names: lines for its resolver, and the authority that its machines have to trust.

Reads the settings and, with --authority, the outputs of the last `make up`; changes nothing.
"""

from __future__ import annotations

import argparse
import sys

from operations.failure import USAGE, Failure, guarded
from operations.outputs import stack_outputs
from operations.project import require_stack
from operations.stack_plan import stack_plan
from planning import names, resolver
from planning.certificates import AUTHORITY
from planning.plan import Plan

TITLES = {
    "hosts": "/etc/hosts of each machine, where there is no resolver of the office",
    "dnsmasq": "dnsmasq.conf, or a file below /etc/dnsmasq.d",
    "unbound": "the `server:` clause of unbound.conf",
    "macos": "on a Mac that asks another resolver; put the address of the office's in place of RESOLVER",
}


def main() -> int:
    parser = argparse.ArgumentParser("scripts/internal-names", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--form", choices=resolver.FORMS, help="these lines only, for a file")
    choice.add_argument("--authority", action="store_true", help="the certificate (PEM) that machines have to trust")
    options = parser.parse_args()
    return guarded(lambda: run(options))


def run(options: argparse.Namespace) -> None:
    """Raises Failure for an environment without internal names, or without an authority yet."""
    require_stack(options.stack)
    if options.authority:
        print(authority(options.stack), end="")
        return
    plan = stack_plan(options.stack)
    if not plan.environment.internal:
        raise Failure(f"{options.stack} has no internal names", "give a route `access: internal`", USAGE)
    for line in lines(plan, [options.form] if options.form else list(resolver.FORMS)):
        print(line)
    for doubt in resolver.doubts(names.internal_names(plan.environment)):
        print(f"warning: {doubt}", file=sys.stderr)


def lines(plan: Plan, forms: list[str]) -> list[str]:
    """The lines of each form, under a title where there are several."""
    address, hostnames = names.address(plan.environment), names.internal_names(plan.environment)
    found = []
    for form in forms:
        found += [f"# {TITLES[form]}"] if len(forms) > 1 else []
        found += resolver.FORMS[form](address, hostnames)
        found += [""] if form != forms[-1] else []
    return found


def authority(stack: str) -> str:
    """Raises Failure for an environment that has none."""
    found = stack_outputs(stack).certificates.get(AUTHORITY)
    if found is None:
        raise Failure(f"{stack} has no authority yet", f"add internal names, then: make up STACK={stack}", USAGE)
    return found.get_secret_value()


if __name__ == "__main__":
    sys.exit(main())
