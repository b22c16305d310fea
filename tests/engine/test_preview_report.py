"""One change under git, through the scripts that the preview workflow calls, with the real engine and git."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from review.comment import tag
from tests.preview_sample.repository import Repository
from tests.unit.review.github import TOKEN, GitHub, serving

STACK = "sample"
SETTINGS = {
    "hosts": {
        "local": {"kind": "local", "address": "127.0.0.1", "cpus": 2, "memory_gb": 16, "disk_gb": 60, "watts": 9}
    },
    "services": {"redis": {"host": "local"}, "s3": {"host": "local"}},
    "images": {"source": "recorded"},
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "checkout", "http://127.0.0.1:9")
    for own in found.root.glob("Pulumi.*.yaml"):
        own.unlink()
    document = {"config": {f"ai-platform:{name}": section for name, section in SETTINGS.items()}}
    (found.root / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(document))
    found.bring_up(STACK)
    found.commit("An environment")
    return found


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with serving() as found:
        yield found


def report(repository: Repository, code: int, *options: str) -> str:
    file = repository.root / ".state" / f"{STACK}.md"
    repository.run(
        "scripts/preview-report", "-s", STACK, "--output", str(file), *options, codes=(code,)
    )  # fmt: skip
    return file.read_text(encoding="utf-8")


def test_a_change_is_told_with_its_dangers_and_ends_as_one_comment(repository: Repository, hub: GitHub) -> None:
    unchanged = report(repository, 0, "--base", "HEAD")
    assert ": no changes" in unchanged

    document = yaml.safe_load((repository.root / f"Pulumi.{STACK}.yaml").read_text())
    del document["config"]["ai-platform:services"]["s3"]
    document["config"]["ai-platform:services"]["redis"]["memory_mb"] = 1024
    (repository.root / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(document))
    repository.commit("Without a store")

    assert repository.run("scripts/affected-stacks", "--base", "HEAD~1").split() == [STACK]
    text = report(repository, 3, "--base", "HEAD~1")
    assert text.startswith(f"{tag(STACK)}\n")
    assert "data volume let go of" in text and f"ai-platform-{STACK}-s3-data" in text
    assert "memory: 256 => 1024" in text
    assert "- removed: <code>s3</code>" in text
    assert report(repository, 2, "--base", "HEAD~1", "--approved").startswith(tag(STACK))

    outputs = repository.run("scripts/pulumi", "stack", "output", "-s", STACK, "--json", "--show-secrets")
    passwords = json.loads(outputs)["credentials"].values()
    assert passwords and not any(password in text for password in passwords)

    variables = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": hub.url, "GITHUB_REPOSITORY": "team/platform"}
    for said in ("commented", "as it was"):
        posted = repository.run(
            "scripts/comment", "--pull-request", "7", f".state/{STACK}.md", variables=variables
        )  # fmt: skip
        assert posted == f"{STACK}.md: {said}\n"
    assert [body.partition("\n")[0] for body in hub.bodies()] == [tag(STACK)]


def test_a_program_that_fails_half_way_is_a_failed_preview(repository: Repository) -> None:
    repository.edit(
        "__main__.py", {"    if edge:\n": '    raise RuntimeError("the program <b>broke</b>")\n    if edge:\n'}
    )
    text = report(repository, 1)
    assert ": failed" in text and "the program <b>broke</b>" in text and "unchanged" not in text
    assert "### Cost" in text
