"""`scripts/init ENV`: from nothing to a real environment: stack, passphrase, secrets one by one, hosts, first preview.

Each step looks first, so it can be run again after an interruption; what is there stays as it is.
"""

from __future__ import annotations

import argparse
import getpass
import shutil
import subprocess
import sys

from operations.engine import Engine
from operations.failure import USAGE, Failure, guarded
from operations.installed import installed
from operations.project import ROOT, STACK_NAME
from operations.trust import trust
from settings.stack_file import NAMESPACE, read


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/init", description=__doc__)
    parser.add_argument("environment", help="name of the environment, e.g. prod")
    parser.add_argument("--like", default="prod", help="stack file to start from (default: prod)")
    arguments = parser.parse_args()
    return guarded(lambda: init(arguments.environment, arguments.like))


def init(stack: str, like: str) -> None:
    """Raises Failure without a terminal when a question would have to be asked."""
    if not STACK_NAME.match(stack):
        raise Failure(f"{stack!r} is no name for an environment", "use lower-case letters, digits and '-'", USAGE)
    file = ROOT / f"Pulumi.{stack}.yaml"
    if not file.exists():
        shutil.copyfile(ROOT / f"Pulumi.{like}.yaml", file)
        print(f"made {file.name} from Pulumi.{like}.yaml: set hosts, services and names there, then run this again")
        return
    parsed = read(ROOT, stack)
    parsed.without_secrets().valid()
    installed()
    engine = Engine(stack)
    print(
        f"state is kept in {engine.backend or 'the backend you are logged in to'}; PULUMI_BACKEND_URL chooses another"
    )
    engine.select()
    for problem in parsed.problems:
        _ask_secret(engine, problem.path)
    for name, host in parsed.environment.hosts.items():
        if host.ssh and not host.simulated:
            trust(stack, name, compared=False)
    print(f"{stack} is ready; this is what `make up STACK={stack}` would do:")
    subprocess.run([str(ROOT / "scripts" / "preview"), "-s", stack], check=True)


def _ask_secret(engine: Engine, path: str) -> None:
    if not sys.stdin.isatty():
        raise Failure(f"{path} is not set, and there is no terminal to ask on", _command(engine.stack, path), USAGE)
    value = getpass.getpass(f"{path} (not shown): ")
    if not value:
        raise Failure(f"{path} was left empty", _command(engine.stack, path), USAGE)
    engine.set_secret(f"{NAMESPACE}:{path}", value)


def _command(stack: str, path: str) -> str:
    return f"scripts/pulumi config set -s {stack} --secret --path '{NAMESPACE}:{path}'"


if __name__ == "__main__":
    sys.exit(main())
