"""Built pages through the real CLI: delivered once, again when they have changed, and otherwise left alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import Engine
from tests.engine.tiny_image import docker
from toolchain.image_references import recorded_references
from toolchain.places import ROOT

PROGRAM = """
    import sys
    sys.path.insert(0, "{root}")
    import pulumi_docker as docker
    from components.docker_access import DockerAccess
    from components.site import Site, SiteArgs

    volume = docker.Volume("pages", name="{volume}")
    Site("web-site", SiteArgs(
        service="web", folder="{folder}", image_id="{image}", volume=volume.name, generation="1",
        access=DockerAccess(url=None, ssh_options=()),
    ))
"""


@pytest.fixture
def volume() -> Iterator[str]:
    name = f"site-program-{uuid.uuid4().hex[:8]}"
    yield name
    docker("volume", "rm", "--force", name)


def served(volume: str, image: str) -> str:
    command = ("--entrypoint", "cat", image, "/site/current/index.html")
    return docker("run", "--rm", "--volume", f"{volume}:/site", *command)


def test_pages_are_delivered_when_they_have_changed_and_only_then(engine: Engine, volume: str, tmp_path: Path) -> None:
    image = recorded_references().get("web")
    if image is None:
        pytest.skip("the image of nginx is not here: python -m toolchain.images web")
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("one")
    (engine.folder / "scripts").mkdir()
    script = engine.folder / "scripts" / "site-apply"
    script.write_text(f'#!/bin/sh\nexec {ROOT}/scripts/site-apply "$@"\n')
    script.chmod(0o755)
    engine.program(PROGRAM.format(root=ROOT, volume=volume, folder=pages, image=image))
    engine.up()
    assert served(volume, image) == "one"
    engine.preview("--expect-no-changes")
    engine.up("--expect-no-changes")

    (pages / "index.html").write_text("two")
    assert "1 to update" in engine.preview()
    engine.up()
    assert served(volume, image) == "two"
    engine.preview("--expect-no-changes")

    (pages / "index.html").unlink()
    assert "services.web.site: " in engine.up(check=False)
    assert served(volume, image) == "two"
