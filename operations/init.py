"""`scripts/init NAME`: from nothing to a real environment: file, stack, secrets one by one, hosts, first preview.

Each step looks first, so it can be run again after an interruption; what is there stays as it is. The passphrase of
the stack's secrets is never asked for: it is in PULUMI_CONFIG_PASSPHRASE or in the file that
PULUMI_CONFIG_PASSPHRASE_FILE names. Without a backend of your own it is made once, in .state/passphrase: keep a copy.
"""

from __future__ import annotations

import argparse
import getpass
import shutil
import subprocess
import sys

from operations.engine import Engine
from operations.failure import USAGE, Failure, exit_status, guarded
from operations.installed import installed
from operations.login_password import asked
from operations.password_hash import password_hash
from operations.project import ROOT, require_name, stack_names
from operations.trust import is_trusted, trust
from settings.environment import Environment
from settings.person import password_secret
from settings.stack_file import NAMESPACE, read

LOGIN = f"secrets.{password_secret('')}"
"""Paths of secrets that are hashes of passwords."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/init", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("environment", metavar="NAME", help="name of the environment, e.g. prod")
    parser.add_argument("--like", metavar="NAME", default="prod", help="environment to start from (default: prod)")
    arguments = parser.parse_args()
    return guarded(lambda: init(arguments.environment, arguments.like))


def init(stack: str, like: str) -> None:
    """Raises Failure, before anything is made in the backend, when there are questions and no terminal to ask on."""
    require_name(stack)
    if stack not in stack_names():
        _copy(stack, like)
        return
    parsed = read(ROOT, stack)
    parsed.without_secrets().valid()
    installed()
    engine = Engine(stack)
    secrets = [problem.path for problem in parsed.problems]
    hosts = untrusted(parsed.environment)
    if not sys.stdin.isatty():
        refuse_questions(stack, secrets, hosts, made=engine.exists())
    backend = engine.backend or "the backend you are logged in to"
    print(f"state is kept in {backend}; PULUMI_BACKEND_URL chooses another")
    print(f"the passphrase of its secrets is taken from {engine.passphrase}")
    engine.select()
    for path in secrets:
        _ask_secret(engine, path)
    for name in hosts:
        trust(stack, name, compared=False)
    print(f"{stack} is ready; this is what `make up STACK={stack}` would do:", flush=True)
    code = subprocess.run([str(ROOT / "scripts" / "preview"), "-s", stack], check=False).returncode
    if code:
        raise Failure("the preview failed, see above", f"scripts/preview -s {stack}", exit_status(code))


def untrusted(environment: Environment) -> list[str]:
    """Hosts whose key nobody has compared yet; a simulated one is made together with its key."""
    return [name for name, host in environment.hosts.items() if not (host.simulated or is_trusted(environment, name))]


def refuse_questions(stack: str, secrets: list[str], hosts: list[str], *, made: bool) -> None:
    """Raises Failure with the command that answers each of the questions; does nothing when there are none."""
    answers = {f"{path} is not set": _command(stack, path) for path in secrets}
    trust_it = f"scripts/host trust {{name}} -s {stack} --yes"
    answers |= {f"the key of host {name} is not recorded": trust_it.format(name=name) for name in hosts}
    if answers:
        causes = [f"{question}, and there is no terminal to ask on" for question in answers]
        commands = [*([] if made else [f"scripts/pulumi stack init {stack}"]), *answers.values()]
        remedy = "\n       ".join(["run it on a terminal, or answer beforehand:", *commands])
        raise Failure("\n    ".join(causes), remedy, USAGE)


def _copy(stack: str, like: str) -> None:
    if like not in stack_names():
        raise Failure(f"--like {like}: there is no Pulumi.{like}.yaml", f"known: {', '.join(stack_names())}", USAGE)
    shutil.copyfile(ROOT / f"Pulumi.{like}.yaml", ROOT / f"Pulumi.{stack}.yaml")
    print(f"made Pulumi.{stack}.yaml from Pulumi.{like}.yaml: set hosts, services and names there, then run this again")


def _ask_secret(engine: Engine, path: str) -> None:
    if path.startswith(LOGIN):
        engine.set_secret(f"{NAMESPACE}:{path}", password_hash(asked(path.removeprefix(LOGIN))))
        return
    value = getpass.getpass(f"{path} (not shown): ")
    if not value:
        raise Failure(f"{path} was left empty", _command(engine.stack, path), USAGE)
    engine.set_secret(f"{NAMESPACE}:{path}", value)


def _command(stack: str, path: str) -> str:
    if path.startswith(LOGIN):
        return f"scripts/login-password {path.removeprefix(LOGIN)} -s {stack}"
    return f"scripts/pulumi config set -s {stack} --secret --path '{NAMESPACE}:{path}'"


if __name__ == "__main__":
    sys.exit(main())
