"""Writes the comments that docs/review.md shows: one change to three environments, seen by the workflow's scripts."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from simulators.cloudflare.account import Account
from simulators.cloudflare.server import serving
from simulators.cloudflare.service import Service
from tests.preview_sample.picture import take
from tests.preview_sample.repository import Repository
from toolchain.places import ROOT

SAMPLES = ROOT / "docs" / "review"
PICTURE = ROOT / "docs" / "pictures" / "preview-report.png"
SHOWN = "prod"
CHANGES: dict[str, dict[str, str]] = {
    "Pulumi.dev.yaml": {"    redis: {host: local}": "    redis: {host: local, memory_mb: 512}"},
    "Pulumi.prod.yaml": {
        "    qdrant: {host: storage}\n": "",
        "    postgres: {host: storage, memory_mb: 8192": "    postgres: {host: storage, memory_mb: 24576",
        "service: mlflow, access: private}\n": "service: mlflow, access: private}\n"
        "    - {hostname: papers.example.com, service: open-webui, access: private}\n",
        "emails: [owner@example.com]": "email_domain: example.com",
    },
    "Pulumi.prod-inference.yaml": {
        "hourly_usd: 0.35": "hourly_usd: 0.40",
        "hours_per_month: 60": "hours_per_month: 90",
    },
}


def main() -> int:
    SAMPLES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ai-platform-sample-") as name, serving(_cloudflare()) as url:
        repository = Repository(Path(name) / "checkout", url)
        for stack, text in comments(repository).items():
            (SAMPLES / f"{stack}.md").write_text(text, encoding="utf-8")
            print(f"docs/review/{stack}.md", flush=True)
    if not take((SAMPLES / f"{SHOWN}.md").read_text(encoding="utf-8"), PICTURE):
        print(f"no browser is here: {PICTURE.name} stays as it is", file=sys.stderr)
    return 0


def _cloudflare() -> Service:
    """The account that Pulumi.prod.yaml names."""
    return Service(Account(id="0" * 32, zone="1" * 32, zone_name="example.com"))


def comments(repository: Repository) -> dict[str, str]:
    """By environment, in the words of the scripts that the preview workflow calls."""
    for stack, secrets in (("dev", ()), ("prod", ("cloudflare-api-token",))):
        print(f"{stack} as it counts before the change", flush=True)
        repository.keys(stack)
        repository.bring_up(stack, secrets)
    repository.commit("Three environments")
    for file, changes in CHANGES.items():
        repository.edit(file, changes)
    repository.commit("A change")
    affected = repository.run("scripts/affected-stacks", "--base", "HEAD~1").split()
    assert affected == sorted(file.split(".")[1] for file in CHANGES), affected
    report = ("scripts/preview-report", "--base", "HEAD~1", "-s")
    return {stack: repository.run(*report, stack, codes=(0, 1, 2, 3)) for stack in affected}


if __name__ == "__main__":
    sys.exit(main())
