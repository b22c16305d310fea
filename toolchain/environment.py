"""The environment in which Pulumi runs here: CLI on PATH, plugins, and, unless the user chose one, a backend.

`python -m toolchain.environment --shell` prints it as export lines.
"""

import argparse
import os
import secrets
import shlex
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from toolchain.places import STATE
from toolchain.pulumi_cli import CliMissing, required_cli
from toolchain.pulumi_home import credentials_folder, pulumi_home

PASSPHRASE_VARIABLES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


def environment() -> dict[str, str]:
    """The variables of this process with Pulumi's own added. Raises CliMissing where no CLI is installed."""
    return {**os.environ, **pulumi_variables()}


def pulumi_variables() -> dict[str, str]:
    """What must be set beyond this process's variables; what the user has set is never replaced.

    State goes to a folder of this checkout, with a passphrase file made once, only where the user has named no
    backend and is not logged in to one. Raises CliMissing where no CLI is installed.
    """
    variables = {"PULUMI_HOME": str(pulumi_home()), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    cli = required_cli().path
    if shutil.which("pulumi") != str(cli):
        variables["PATH"] = os.pathsep.join(filter(None, (str(cli.parent), os.environ.get("PATH", ""))))
    if not {"PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"} & os.environ.keys():
        login = credentials_folder()
        variables |= _local_backend() if login is None else {"PULUMI_CREDENTIALS_PATH": str(login)}
    return variables


def _local_backend() -> dict[str, str]:
    backend = STATE / "backend"
    backend.mkdir(parents=True, exist_ok=True)
    variables = {"PULUMI_BACKEND_URL": f"file://{backend}"}
    if not any(name in os.environ for name in PASSPHRASE_VARIABLES):
        variables["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(_passphrase_file(STATE / "passphrase"))
    return variables


def _passphrase_file(file: Path) -> Path:
    """A random passphrase that only the user can read; made once, whole or not at all."""
    if not file.exists():
        new = file.with_name(f"{file.name}.{os.getpid()}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(32))
        with suppress(FileExistsError):
            file.hardlink_to(new)
        new.unlink()
    return file


def main() -> int:
    """Prints the added variables, one per line, for a shell's `eval` or for reading."""
    parser = argparse.ArgumentParser(prog="python -m toolchain.environment", description=__doc__)
    parser.add_argument("--shell", action="store_true", help="print export lines for a POSIX shell")
    prefix = "export " if parser.parse_args().shell else ""
    try:
        variables = pulumi_variables()
    except CliMissing as error:
        print(error, file=sys.stderr)
        return 1
    for name, value in sorted(variables.items()):
        print(f"{prefix}{name}={shlex.quote(value)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
