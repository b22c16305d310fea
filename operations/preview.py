"""`make preview`: what a change would do. Changes nothing on any host and asks for nothing.

A stack that is in the backend is compared with its state. One that is not (a newcomer, a bare machine) is previewed
against a throwaway backend, with placeholders for the secrets and keys that are missing.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from operations import simulated_edge
from operations.engine import Engine
from operations.failure import guarded
from operations.installed import installed
from operations.migrate import tell_pending
from operations.project import ROOT, require_stack
from operations.stack_plan import stack_plan
from planning.plan import Plan
from settings.stack_file import NAMESPACE, read

PLACEHOLDER = "placeholder-" * 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/preview", description=__doc__)
    parser.add_argument("-s", "--stack", default="dev", help="environment to preview (default: dev)")
    parser.add_argument("--diff", action="store_true", help="show every property that changes")
    arguments = parser.parse_args()
    return guarded(lambda: preview(arguments.stack, ["--diff"] if arguments.diff else []))


def preview(stack: str, options: list[str]) -> None:
    """Raises SettingsError for a bad configuration, Failure when the engine refuses."""
    with ground_of(stack) as ground:
        for remark in ground.remarks:
            print(remark)
        ground.engine.stream("preview", *options)
    if ground.plan.databases and ground.in_backend:
        tell_pending(ground.plan)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a preview stands on: its engine, the stack's plan, and what a reader has to know."""

    engine: Engine
    plan: Plan
    in_backend: bool
    remarks: Sequence[str] = ()


@contextlib.contextmanager
def ground_of(stack: str) -> Iterator[Ground]:
    """The ground to preview a stack on. Raises SettingsError, Failure."""
    require_stack(stack)
    plan = stack_plan(stack)
    installed()
    with simulated_edge.lasting(plan):
        engine = Engine(stack)
        if engine.exists():
            yield Ground(engine=engine, plan=plan, in_backend=True)
            return
        with _newcomer(stack, plan) as ground:
            yield ground


@contextlib.contextmanager
def _newcomer(stack: str, plan: Plan) -> Iterator[Ground]:
    """The ground of a stack that is not in the backend: a throwaway state."""
    with tempfile.TemporaryDirectory(prefix="ai-platform-preview-") as name:
        folder = Path(name)
        placeholders, config = _placeholders(stack, folder)
        remarks = [f"{stack} is not in the backend: previewing it from nothing, in a throwaway state"]
        if placeholders:
            remarks.append(f"placeholders stand for: {', '.join(placeholders)}")
        engine = Engine(stack, _throwaway(folder), config)
        engine.select()
        yield Ground(engine=engine, plan=plan, in_backend=False, remarks=remarks)


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
