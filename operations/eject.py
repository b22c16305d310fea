"""Writes a whole environment as files that run without this project: compose files, scripts of machines with their
launchd and systemd files, SQL, the routing of the tunnel, sources of our own images, and a README that says what to do.

Touches nothing else. Secrets are written only with --with-secrets, into one file that nobody else may read.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from eject.bundle import RUNNABLE, EjectedFile, bundle, wanted
from operations.engine import Engine
from operations.failure import USAGE, Failure, guarded
from operations.installed import installed
from operations.outputs import stack_outputs
from operations.project import ROOT, require_stack
from operations.stack_plan import stack_plan
from planning.plan import Plan
from settings.stack_file import NAMESPACE
from toolchain.image_folder import ImageFolder, read_folders

BASE = "base"
LOCAL_BASE = "ai-platform/base:local"


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/eject", description=__doc__)
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="new or empty folder to write to")
    parser.add_argument("--with-secrets", action="store_true", help="write .env too; the environment must be up")
    options = parser.parse_args()
    return guarded(lambda: eject(options.stack, options.folder, with_secrets=options.with_secrets))


def eject(stack: str, folder: Path, *, with_secrets: bool) -> None:
    """Raises SettingsError for settings that no `up` could run, Failure for a folder that holds something."""
    require_stack(stack)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failure(f"{folder} is there and holds something", "name a new folder", USAGE)
    plan = stack_plan(stack)
    secrets = secrets_of(plan) if with_secrets else None
    try:
        files = bundle(plan, secrets, list(image_files(plan)))
    except ValueError as error:
        raise Failure(str(error), "write that one by hand: run this without --with-secrets") from None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700 if with_secrets else 0o755)
    for file in files:
        _write(folder / file.path, file)
    print(f"{len(files)} files in {folder}; begin with {folder / 'README.md'}")
    missing = [name for name in wanted(plan) if name not in secrets] if secrets is not None else []
    if missing:
        print(f"not known here, left empty in .env: {', '.join(missing)}")


def secrets_of(plan: Plan) -> dict[str, str]:
    """Passwords and certificates of the last `up`, and secrets of the configuration. Raises Failure without an `up`."""
    outputs = stack_outputs(plan.name)
    generated = {f"password.{name}": value for name, value in outputs.credentials.items()} | outputs.certificates
    found = {name: value.get_secret_value() for name, value in generated.items()}
    installed()
    engine = Engine(plan.name)
    done = engine.attempt("config", "--json", "--show-secrets", *engine.options)
    if done.returncode:
        raise Failure(f"the secrets of {plan.name} cannot be read: {done.stderr.strip()}", "set the right passphrase")
    given = json.loads(done.stdout).get(f"{NAMESPACE}:secrets", {}).get("objectValue") or {}
    return found | {f"secret.{name}": str(value) for name, value in given.items()}


def image_files(plan: Plan) -> Iterator[EjectedFile]:
    """Sources of the images of this project that the plan runs, and a script that builds them under their names."""
    folders = read_folders(ROOT)
    references = {
        service.container.image_name: service.container.image for service in plan.services if service.container
    }
    own = [folders[name] for name in sorted(references) if name in folders and folders[name].ours]
    if not own:
        return
    for each in [folders[BASE], *own]:
        for relative, path in each.files():
            mode = path.stat().st_mode & 0o777
            yield EjectedFile(path=f"images/{each.name}/{relative}", text=path.read_text(encoding="utf-8"), mode=mode)
    lines = [_build(each, references[each.name]) for each in own]
    base = f"docker build --tag {LOCAL_BASE} --build-arg ROOTFS={folders['rootfs'].official} {BASE}"
    # Authorities of your own, where the build has to trust them.
    authorities = f"mkdir -p {BASE}/host-certificates"
    script = "\n".join(["#!/bin/sh", "set -eu", 'cd "$(dirname "$0")"', authorities, base, *lines, ""])
    yield EjectedFile(path="images/build.sh", text=script, mode=RUNNABLE)


def _build(folder: ImageFolder, reference: str) -> str:
    return shlex.join(["docker", "build", "--tag", reference, "--build-arg", f"BASE={LOCAL_BASE}", folder.name])


def _write(path: Path, file: EjectedFile) -> None:
    """With its mode from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(file.text)


if __name__ == "__main__":
    sys.exit(main())
