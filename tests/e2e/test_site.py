"""Built pages in front of a real nginx: delivered, replaced, rolled back and cut off, with the API beside them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from components.site_folder import read_site
from operations.stack_plan import stack_plan
from planning.addresses import finish
from tests.engine.checkout import Checkout, docker, free_port
from toolchain.image_references import recorded_references

HOST = "sot.cere.local"
API = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{sys.argv[1]} {self.path} {self.headers['Host']}".encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
http.server.ThreadingHTTPServer(("", 3000), Handler).serve_forever()
"""
SERVICES = ("postgres", "ollama", "embed", "rerank")
LARGE = 300_000_000


@dataclass
class Web:
    """nginx as a plan describes it, in a checkout whose scripts know it; and the folder that is to be served."""

    checkout: Checkout
    pages: Path
    url: str
    prefix: str

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(f"{self.url}{path}", headers={"Host": HOST, **headers}, timeout=10)

    def write(self, **files: str) -> None:
        for name, content in files.items():
            (self.pages / name.replace("_", ".")).write_text(content)

    def order(self, **change: str) -> str:
        image = docker("container", "inspect", "--format", "{{.Image}}", f"{self.prefix}-web").strip()
        digest = read_site(self.pages).digest
        spec = {"image": image, "volume": f"{self.prefix}-web-pages", "folder": str(self.pages), "digest": digest}
        return json.dumps({**spec, "generation": "1", **change})

    def start(self, **change: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [str(self.checkout.root / "scripts" / "site-apply")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, process_group=0,
        )  # fmt: skip
        assert process.stdin
        process.stdin.write(self.order(**change))
        process.stdin.close()
        process.stdin = None
        return process

    def apply(self, code: int = 0, **change: str) -> str:
        process = self.start(**change)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == code, said
        return said

    def site(self, *arguments: str, code: int = 0) -> str:
        return self.checkout.run("site", *arguments, "-s", self.checkout.stack, code=code)

    def volume(self, script: str) -> str:
        """What a shell in the volume prints."""
        mount = ("--volume", f"{self.prefix}-web-pages:/site", "--workdir", "/site", "--entrypoint", "sh")
        return docker("run", "--rm", "--user", "0", *mount, recorded_references()["base"], "-c", script).strip()

    def application(self, name: str) -> None:
        """Starts an application that tells its name, in place of the one before."""
        subprocess.run(["docker", "rm", "-f", f"{self.prefix}-application"], capture_output=True, check=False)
        network = ("--network", self.prefix, "--network-alias", "application")
        image = recorded_references()["base"]
        docker("run", "--detach", "--name", f"{self.prefix}-application", *network, image, "python3", "-c", API, name)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = tmp_path_factory.mktemp("site")
    made = Checkout(folder / "checkout")
    for kind in SERVICES:
        made.serve(kind)
    made.serve("application", image=f"registry.example.com/app:1@sha256:{'0' * 64}")
    made.serve("web", site=str(folder / "pages"))
    return made


@pytest.fixture
def web(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    if "web" not in recorded_references():
        pytest.skip("the image of nginx is not here: python -m toolchain.images web")
    pages = checkout.root.parent / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("one")
    checkout.stack = f"site-{uuid.uuid4().hex[:8]}"
    checkout.write()
    prefix = f"ai-platform-{checkout.stack}"
    monkeypatch.setattr("operations.stack_plan.ROOT", checkout.root)
    port = free_port()
    docker("network", "create", prefix)
    try:
        made = Web(checkout, pages, f"http://127.0.0.1:{port}", prefix)
        made.application("first")
        _nginx(made, port)
        yield made
    finally:
        for name in ("web", "application"):
            subprocess.run(["docker", "rm", "-f", f"{prefix}-{name}"], capture_output=True, timeout=60, check=False)
        docker("volume", "rm", f"{prefix}-web-pages")
        docker("network", "rm", prefix)
        subprocess.run(["rm", "-rf", str(pages)], timeout=60, check=True)


def _nginx(web: Web, port: int) -> None:
    """As components/service_container.py starts it."""
    planned = stack_plan(web.checkout.stack).service("web").container
    assert planned and planned.volumes
    (configuration,) = planned.files
    file = web.checkout.root / "default.conf"
    file.write_text(finish(configuration.template, {}))
    file.chmod(0o644)
    docker(
        "create", "--name", planned.name, "--network", web.prefix, "--publish", f"127.0.0.1:{port}:8080",
        "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp:mode=1777",
        "--volume", f"{web.prefix}-web-pages:{planned.volumes[0].path}", planned.image,
    )  # fmt: skip
    docker("cp", str(file), f"{planned.name}:{configuration.path}")
    docker("start", planned.name)
    deadline = time.monotonic() + 30
    while True:
        try:
            assert web.get("/health").text == "ok"
        except requests.ConnectionError:
            assert time.monotonic() < deadline, docker("logs", planned.name)
            time.sleep(0.1)
        else:
            return


def test_pages_are_served_every_other_path_falls_back_and_the_api_is_beside_them(web: Web) -> None:
    assert web.get("/").status_code == 404
    (web.pages / "assets").mkdir()
    (web.pages / "assets" / "größe 1.js").write_text("script")
    assert "is served: 2 files" in web.apply()
    assert web.get("/").text == web.get("/deep/path").text == web.get("/assets/").text == "one"
    assert web.get("/assets/größe 1.js").text == "script"
    assert web.get("/api/x?y=z").text == f"first /api/x?y=z {HOST}"
    assert web.get("/releases/").text == "one"
    assert web.get("/../manifest").text == "one"


def test_a_second_delivery_changes_nothing(web: Web) -> None:
    web.apply()
    tree = web.volume("find . -exec stat -c '%n %i %Z' {} + | grep -v '^./.lock'")
    assert "is served already" in web.apply()
    assert web.volume("find . -exec stat -c '%n %i %Z' {} + | grep -v '^./.lock'") == tree


def test_a_new_release_shows_at_once_without_a_restart_and_caches_go_by_content(web: Web) -> None:
    web.write(style_css="same")
    web.apply()
    page, style = web.get("/"), web.get("/style.css")
    web.write(index_html="two")
    web.apply()
    again = {"If-None-Match": page.headers["ETag"]}
    assert web.get("/", **again).text == "two"
    assert page.headers["Cache-Control"] == "no-cache"
    assert web.get("/style.css", **{"If-None-Match": style.headers["ETag"]}).status_code == 304


def test_a_rollback_holds_until_the_folder_changes(web: Web) -> None:
    for page in ("one", "two", "three"):
        web.write(index_html=page)
        web.apply()
    assert len(web.site("releases").splitlines()) == 3
    web.site("rollback")
    assert web.get("/").text == "two"
    assert "somebody rolled back" in web.apply(generation="2")
    web.site("rollback")
    assert web.get("/").text == "one"
    assert "there is no release before" in web.site("rollback", code=1)
    assert "is served again" in web.site("deliver")
    assert web.get("/").text == "three"
    web.site("rollback", "--to", web.site("releases").split()[0])
    assert web.get("/").text == "one"
    web.write(index_html="four")
    web.apply()
    assert web.get("/").text == "four"


def test_a_release_that_is_there_is_not_sent_a_second_time(web: Web) -> None:
    web.apply()
    web.write(index_html="two")
    web.apply()
    web.write(index_html="one")
    assert "is served again" in web.apply()
    assert web.get("/").text == "one"
    web.site("rollback")
    assert web.get("/").text == "two"


def test_the_last_three_stay_beside_the_one_that_is_served(web: Web) -> None:
    for number in range(6):
        web.write(index_html=f"page {number}")
        web.apply()
    assert len(web.volume("ls releases").split()) == len(web.site("releases").splitlines()) == 4
    for number in (4, 3, 2):
        web.site("rollback")
        assert web.get("/").text == f"page {number}"


def test_a_delivery_that_is_cut_off_leaves_the_old_release_serving(web: Web) -> None:
    web.apply()
    web.write(index_html="two")
    (web.pages / "large.bin").write_bytes(os.urandom(LARGE))
    process = web.start()
    deadline = time.monotonic() + 60
    while not web.volume("ls .part/pages 2>/dev/null || :"):
        assert process.poll() is None and time.monotonic() < deadline
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    assert web.get("/").text == web.get("/large.bin").text == "one"
    assert "is served: 2 files" in web.apply()
    assert web.get("/").text == "two"
    assert ".part" not in web.volume("ls -A").split()


def test_pages_that_change_on_their_way_are_not_served(web: Web) -> None:
    web.apply()
    assert "has changed since this run began" in web.apply(code=1, digest="0" * 64)
    assert web.get("/").text == "one"


def test_a_damaged_release_is_sent_anew_and_never_rolled_back_to(web: Web) -> None:
    web.apply()
    web.write(index_html="two")
    web.apply()
    web.volume("for page in releases/*/pages/index.html; do echo damaged >$page; done")
    assert "is not there, or damaged" in web.site("rollback", code=1)
    web.write(index_html="one")
    assert "sending it anew" in web.apply()
    assert web.get("/").text == "one"


def test_deliveries_at_once_end_with_a_whole_release(web: Web) -> None:
    processes = [web.start() for _ in range(3)]
    said = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert web.get("/").text == "one"


def test_the_api_is_found_again_after_its_container_was_replaced(web: Web) -> None:
    web.apply()
    assert web.get("/api/").text.startswith("first")
    holder = docker("run", "--detach", "--network", web.prefix, recorded_references()["base"], "sleep", "60").strip()
    try:
        docker("rm", "--force", f"{web.prefix}-application")
        other = docker("run", "--detach", "--network", web.prefix, recorded_references()["base"], "sleep", "60").strip()
        web.application("second")
        docker("rm", "--force", other)
        deadline = time.monotonic() + 20
        while not (found := web.get("/api/")).ok or not found.text.startswith("second"):
            assert time.monotonic() < deadline, found.text
            time.sleep(0.5)
    finally:
        docker("rm", "--force", holder)


def test_pages_cannot_be_written_by_the_server(web: Web) -> None:
    web.apply()
    command = ["docker", "exec", f"{web.prefix}-web", "touch", "/usr/share/nginx/html/current/x"]
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode != 0
