"""The repository that an environment's settings name, ready to be used from this machine."""

from __future__ import annotations

import os
import secrets
import shlex
from pathlib import Path

from operations.backup.repository import Repository
from operations.failure import USAGE, Failure
from operations.project import ROOT, STATE, state_folder
from operations.ssh_login import OWN_WAYS
from planning.plan import Plan
from settings.backups import Backups

PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "XDG_CACHE_HOME")
"""Of this process's variables: nothing that could lead to another repository or another key."""


def backups_of(plan: Plan) -> Backups:
    """Raises Failure for an environment without backups."""
    if plan.environment.backups is None:
        cause = f"{plan.name} has no backups"
        raise Failure(cause, f"add `ai-platform:backups: {{repository: ...}}` to Pulumi.{plan.name}.yaml", USAGE)
    return plan.environment.backups


def repository_of(plan: Plan) -> Repository:
    """Not opened yet, and with its password file in place."""
    backups = backups_of(plan)
    variables = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    location = backups.repository
    if location.startswith(("/", "~", ".")):
        location = str(ROOT / Path(location).expanduser())
    variables |= {
        "RESTIC_REPOSITORY": location,
        "RESTIC_PASSWORD_FILE": str(_password_file(plan.name, backups)),
        "RESTIC_PROGRESS_FPS": "0.1",
    }
    if backups.credentials_file:
        variables["AWS_SHARED_CREDENTIALS_FILE"] = str(_private(_here(backups.credentials_file)))
    return Repository(location=location, variables=variables, options=_sftp(backups))


def remember(plan: Plan, repository: Repository) -> None:
    """Makes the repository where there is none yet. Raises Failure where there has been one.

    A path that is mistyped, or a disk that is not mounted, must not begin an empty one beside the backups.
    """
    mark = state_folder("backups") / f"{plan.name}.repository"
    known = mark.read_text(encoding="utf-8") if mark.exists() else ""
    if not repository.exists():
        if known == repository.location:
            raise Failure(
                f"the repository {repository.location} was there before, and is gone",
                f"mount its disk, or bring it back; to begin a new one: rm {mark}",
            )
        repository.make()
        print(f"made a new repository at {repository.location}", flush=True)
        print(f"keep a copy of {repository.variables['RESTIC_PASSWORD_FILE']} elsewhere: without it no backup opens")
    mark.write_text(repository.location, encoding="utf-8")


def _password_file(stack: str, backups: Backups) -> Path:
    given = bool(backups.password_file)
    file = _here(backups.password_file) if given else STATE / "backups" / f"{stack}.password"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(secrets.token_urlsafe(32) + "\n")
        try:
            file.hardlink_to(new)  # whole, and never over one that another run has just made
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return _private(file)


def _private(file: Path) -> Path:
    """Raises Failure for a file that is not there, or that others can read."""
    try:
        mode = file.stat().st_mode
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}", "bring it back: without it no backup can be opened") from None
    if mode & 0o077:
        raise Failure(f"{file} can be read by others", f"chmod 600 {file}")
    return file


def _sftp(backups: Backups) -> tuple[str, ...]:
    if not backups.repository.startswith("sftp:"):
        return ()
    target = backups.repository.removeprefix("sftp:").partition(":")[0]
    keys = {"IdentityFile": backups.identity_file, "UserKnownHostsFile": backups.known_hosts_file}
    named = [part for key, file in keys.items() if file for part in ("-o", f"{key}={_here(file)}")]
    command = ["ssh", *OWN_WAYS, "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", *named,
               "-p", str(backups.ssh_port), target, "-s", "sftp"]  # fmt: skip
    return ("-o", f"sftp.command={shlex.join(command)}")


def _here(file: str) -> Path:
    return ROOT / Path(file).expanduser()
