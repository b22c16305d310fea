"""Which pages are delivered, under which name, and when the engine delivers them again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import site_folder
from components.docker_access import DockerAccess
from components.site import DELIVERY_SECONDS, Site, SiteArgs
from components.site_folder import SiteError, read_site
from components.ssh_identity import PLACEHOLDERS
from operations.site.volume import SECONDS
from planning.plan import Plan
from settings.problem import SettingsError

from .conftest import SERVICES, Planner
from .engine import run


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<p>one</p>")
    (folder / "assets" / "a.js").write_text("1")
    return folder


def order(folder: Path, generation: str = "1") -> dict[str, Any]:
    args = SiteArgs(
        service="web", folder=str(folder), image_id="sha256:1", volume="pages", generation=generation,
        access=DockerAccess(url=None, ssh_options=()),
    )  # fmt: skip
    command = run(lambda: Site("web-site", args)).command("web-site-apply")
    assert command.request.customTimeouts.create == f"{DELIVERY_SECONDS}s"
    found: dict[str, Any] = json.loads(command.inputs["stdin"])
    return found


def test_the_digest_follows_from_names_and_content_alone(pages: Path) -> None:
    first = read_site(pages)
    os.utime(pages / "index.html", (0, 0))
    (pages / "index.html").chmod(0o600)
    assert read_site(pages).digest == first.digest
    (pages / "index.html").write_text("<p>two</p>")
    second = read_site(pages).digest
    (pages / "assets" / "a.js").rename(pages / "assets" / "b.js")
    assert len({first.digest, second, read_site(pages).digest}) == 3


def test_a_changed_folder_or_a_new_volume_is_delivered_and_nothing_else(pages: Path) -> None:
    first = order(pages)
    assert order(pages) == first
    assert order(pages, generation="2") != first
    (pages / "more.html").write_text("more")
    assert order(pages)["digest"] != first["digest"]


def test_the_engine_does_not_end_a_delivery_before_its_own_deadline() -> None:
    assert DELIVERY_SECONDS > SECONDS


def test_hidden_entries_are_left_out_and_named_but_the_well_known_ones(pages: Path) -> None:
    for name in (".env", ".git/config", ".well-known/security.txt"):
        (pages / name).parent.mkdir(exist_ok=True)
        (pages / name).write_text("x")
    site = read_site(pages)
    assert set(site.files) == {"index.html", "assets/a.js", ".well-known/security.txt"}
    assert site.hidden == (str(pages / ".env"), str(pages / ".git"))


def test_a_link_to_a_file_inside_is_delivered_as_that_file(pages: Path) -> None:
    (pages / "link.js").symlink_to("assets/a.js")
    site = read_site(pages)
    assert site.files["link.js"] == pages / "assets" / "a.js"


def link(target: str) -> Any:
    return lambda folder: (folder / "link").symlink_to(target)


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (link("/etc/passwd"), "leads out of the folder, to /etc/passwd"),
        (link("/.."), "leads out of the folder"),
        (link("assets"), "is neither a file nor a folder"),
        (link("nowhere"), "No such file or directory"),
        (link("link"), "Symlink loop|Too many levels"),
        (lambda folder: os.mkfifo(folder / "pipe"), "is neither a file nor a folder"),
        (lambda folder: (folder / "a\nb").touch(), r"'a\\nb' holds a character"),
        (lambda folder: (folder / "a\\b").touch(), "holds a character"),
        (lambda folder: Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).touch(), "holds a character"),
        (lambda folder: (folder / "index.html").unlink(), "holds no index.html"),
    ],
)
def test_what_must_not_or_cannot_be_served_is_refused(pages: Path, spoil: Any, cause: str) -> None:
    spoil(pages)
    with pytest.raises(SiteError, match=cause):
        read_site(pages)


def test_a_folder_that_is_too_large_is_refused(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_folder, "MAXIMUM_FILES", 1)
    with pytest.raises(SiteError, match=r"2 files .* are more than 1 files"):
        read_site(pages)


def test_a_run_without_pages_is_refused_and_a_newcomers_preview_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(pulumi.RunError, match=r"services\.web\.site: .*no such folder; build the pages first"):
        order(tmp_path / "none")
    monkeypatch.setenv(PLACEHOLDERS, "1")
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: True)
    assert order(tmp_path / "none")["digest"] == "placeholder"


def test_a_site_is_served_from_its_link_and_a_volume_without_one_as_it_is(planned: Planner, whole: Plan) -> None:
    def configuration(plan: Plan) -> str:
        container = plan.service("web").container
        assert container
        return container.files[0].template

    assert "root /usr/share/nginx/html/current;" in configuration(whole)
    assert "root /usr/share/nginx/html/.;" in configuration(planned(services={**SERVICES_NEAR}))


SERVICES_NEAR = {name: SERVICES[name] for name in ("postgres", "ollama", "embed", "rerank", "application", "web")}


def test_a_site_belongs_to_a_web_service(planned: Planner) -> None:
    with pytest.raises(SettingsError, match="redis serves no folder of pages"):
        planned(services={"redis": {"host": "local", "site": "dist"}})
