"""`scripts/run tests.upgrade.record`: brings up an environment, keeps its state as this version's recording, and
removes it again.

Run it once for each version, just before it is given out, and leave earlier recordings as they are: they stand for
the environments that users have.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from planning.build import build
from settings.stack_file import read
from tests.engine.checkout import Checkout
from tests.upgrade.recording import PASSPHRASE, RECORDED, STACK, Recording
from toolchain.image_references import recorded_references
from toolchain.places import ROOT

MODEL = "smollm2:135m"
SERVICES = ("postgres", "redis", "s3", "embed", "rerank", "mlflow", "open-webui")
OF_THE_MACHINE = ("sourcePosition", "stackTrace")
"""Kept by the engine with every resource, read by nothing that decides: where the program lay when it ran."""


def main() -> int:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    recording = Recording(RECORDED / version)
    if recording.folder.exists():
        print(
            f"{recording.folder} is recorded already\n"
            f"    -> raise the version in pyproject.toml, or remove the folder while {version} has not been given out",
            file=sys.stderr,
        )
        return 1
    with tempfile.TemporaryDirectory(prefix="ai-platform-record-") as folder:
        checkout = Checkout(Path(folder) / "checkout", stack=STACK)
        checkout.sections["models"] = {"chat": MODEL, "fallback": "random-weights"}
        checkout.serve("ollama", models=[MODEL])
        for kind in SERVICES:
            checkout.serve(kind)
        try:
            print("bringing up what is to be recorded; this takes a minute or more", flush=True)
            print(checkout.up(variables=PASSPHRASE))
            record(checkout, Recording(Path(folder) / version))
            shutil.copytree(Path(folder) / version, recording.folder)
        finally:
            checkout.run("down", "-s", STACK, "--yes", code=None, variables=PASSPHRASE)
            checkout.destroy()
    print(f"recorded in {recording.folder}")
    return 0


def record(checkout: Checkout, recording: Recording) -> None:
    """State, settings and images of a running environment, without what tells of this machine."""
    recording.folder.mkdir()
    checkout.run("pulumi", "stack", "export", "-s", STACK, "--file", str(recording.state), variables=PASSPHRASE)
    state = json.loads(recording.state.read_text(encoding="utf-8"))
    for resource in state["deployment"]["resources"]:
        for key in OF_THE_MACHINE:
            resource.pop(key, None)
    _write(recording.state, state)
    shutil.copyfile(checkout.root / recording.settings.name, recording.settings)
    _write(recording.images, used_images(checkout.root))


def used_images(root: Path) -> dict[str, str]:
    """References of the images that the environment runs, and of no others."""
    plan = build(read(root, STACK), recorded_references())
    return {service.container.image_name: service.container.image for service in plan.services if service.container}


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
