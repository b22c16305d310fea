"""`make preview`: what a change would do. Changes nothing on any host and asks for nothing.

A stack that is in the backend is compared with its state. One that is not (a newcomer, a bare machine) is previewed
against a throwaway backend, with placeholders for the secrets and keys that are missing.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from operations import simulated_edge
from operations.engine import Engine
from operations.failure import guarded
from operations.installed import installed
from operations.migrate import tell_pending
from operations.project import ROOT, require_stack
from operations.stack_plan import stack_plan
from planning.build import build
from settings.stack_file import NAMESPACE, read
from toolchain.image_references import references

PLACEHOLDER = "placeholder-" * 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/preview", description=__doc__)
    parser.add_argument("-s", "--stack", default="dev", help="environment to preview (default: dev)")
    parser.add_argument("--diff", action="store_true", help="show every property that changes")
    arguments = parser.parse_args()
    return guarded(lambda: preview(arguments.stack, ["--diff"] if arguments.diff else []))


def preview(stack: str, options: list[str]) -> None:
    """Raises SettingsError for a bad configuration, Failure when the engine refuses."""
    with engine_for(stack) as (engine, remarks):
        for remark in remarks:
            print(remark)
        engine.stream("preview", *options)
    plan = stack_plan(stack)
    if plan.databases and Engine(stack).exists():
        tell_pending(plan)


@contextlib.contextmanager
def engine_for(stack: str) -> Iterator[tuple[Engine, list[str]]]:
    """The engine to preview a stack with, and what a reader has to know of it. Raises SettingsError, Failure."""
    require_stack(stack)
    parsed = read(ROOT, stack)
    plan = build(parsed.without_secrets(), references(parsed.environment.images.source))
    installed()
    with simulated_edge.lasting(plan):
        if Engine(stack).exists():
            yield Engine(stack), []
            return
        with _newcomer(stack) as engine:
            yield engine


@contextlib.contextmanager
def _newcomer(stack: str) -> Iterator[tuple[Engine, list[str]]]:
    """The engine on a throwaway state."""
    with tempfile.TemporaryDirectory(prefix="ai-platform-preview-") as name:
        folder = Path(name)
        placeholders, config = _placeholders(stack, folder)
        remarks = [f"{stack} is not in the backend: previewing it from nothing, in a throwaway state"]
        if placeholders:
            remarks.append(f"placeholders stand for: {', '.join(placeholders)}")
        engine = Engine(stack, _throwaway(folder), config)
        engine.select()
        yield engine, remarks


def _throwaway(folder: Path) -> dict[str, str]:
    (folder / "backend").mkdir()
    return {
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
        "PULUMI_CONFIG_PASSPHRASE": "throwaway",
        "AI_PLATFORM_PLACEHOLDERS": "1",
    }


def _placeholders(stack: str, folder: Path) -> tuple[list[str], Path]:
    """Names of missing or encrypted secrets, and a copy of the stack file that holds placeholders for them."""
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8-sig")
    document = yaml.safe_load(text) or {}
    config = document.setdefault("config", {})
    secrets = dict(config.get(f"{NAMESPACE}:secrets") or {})
    missing = [problem.path for problem in read(ROOT, stack).problems if problem.path.startswith("secrets.")]
    encrypted = [f"secrets.{name}" for name, value in secrets.items() if isinstance(value, dict)]
    for path in (*missing, *encrypted):
        secrets[path.removeprefix("secrets.")] = PLACEHOLDER
    if secrets:
        config[f"{NAMESPACE}:secrets"] = secrets
    for own_encryption in ("encryptionsalt", "encryptedkey", "secretsprovider"):
        document.pop(own_encryption, None)
    copy = folder / f"Pulumi.{stack}.yaml"
    copy.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return sorted((*missing, *encrypted)), copy


if __name__ == "__main__":
    sys.exit(main())
