"""A change is looked at in every environment that it can touch, and in no other."""

from __future__ import annotations

import pytest

from review.affected import Stack, affected

STACKS = [
    Stack(name="dev", kinds=frozenset({"ollama", "open-webui"}), images=frozenset({"ollama", "open-webui"})),
    Stack(
        name="prod", kinds=frozenset({"mlflow", "web"}), images=frozenset({"mlflow", "web"}), sites=frozenset({"site"})
    ),
]
ALL = ["dev", "prod"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], []),
        (["README.md", "docs/a.md", "tests/unit/test_x.py", ".github/workflows/preview.yml", "policy/ports.py"], []),
        (["Pulumi.prod.yaml"], ["prod"]),
        (["Pulumi.gone.yaml"], []),
        (["Pulumi.yaml"], ALL),
        (["__main__.py"], ALL),
        (["components/site.py"], ALL),
        (["requirements.txt"], ALL),
        (["something-new"], ALL),
        (["catalogue/open_webui.py"], ["dev"]),
        (["catalogue/mlflow.py"], ["prod"]),
        (["catalogue/definition.py"], ALL),
        (["images/mlflow/Dockerfile"], ["prod"]),
        (["images/unused/Dockerfile"], []),
        (["site/index.html"], ["prod"]),
        (["site/read.md"], ["prod"]),
        (["docs/a.md", "Pulumi.dev.yaml"], ["dev"]),
    ],
)
def test_who_is_affected(files: list[str], expected: list[str]) -> None:
    assert affected(files, STACKS) == expected


def test_an_environment_that_cannot_be_read_is_looked_at() -> None:
    unreadable = Stack(name="odd", readable=False)
    assert affected(["catalogue/mlflow.py"], [unreadable]) == ["odd"]
    assert affected(["docs/a.md"], [unreadable]) == []
