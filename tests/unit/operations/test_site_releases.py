"""Releases of a site: killed at any step of a delivery, the next one serves what it brings."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from components.site_folder import SiteFolder, read_site
from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.site.deliver import deliver
from operations.site.volume import SiteVolume

KILLED_AFTER = """
done_so_far=0
after() {
    command "$@" || return
    done_so_far=$((done_so_far + 1))
    if [ "$done_so_far" -eq "$STEPS" ]; then kill -KILL $$; fi
}
mv() { after mv "$@"; }
ln() { after ln "$@"; }
rm() { after rm "$@"; }
mkdir() { after mkdir "$@"; }
"""


@dataclass
class Engine:
    """Runs the script here, in a folder that stands for the volume; `steps`: killed after so many changes."""

    folder: Path
    steps: int = 0

    place = "here"

    def run(self, *command: str, timeout: float = 10, stdin: bytes = b"") -> str:
        script, _, *order = command[command.index("-c") + 1 :]
        text = f"STEPS={self.steps}\n{KILLED_AFTER if self.steps else ''}\n{script}"
        here = text.replace("cd /site", f"cd '{self.folder}'")
        program = ["sh", "-c", here, "release", *order]
        done = subprocess.run(program, input=stdin, capture_output=True, timeout=timeout, check=False)
        if done.returncode:
            raise Failure(f"ended with {done.returncode}: {done.stderr.decode()}", "")
        return done.stdout.decode()


class Volume(SiteVolume):
    """Sends the pages at once."""

    def receive(self, site: SiteFolder, keep: int) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, content in {
                "manifest": site.manifest.encode(),
                **{f"pages/{name}": path.read_bytes() for name, path in site.files.items()},
            }.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        order = ("receive", site.digest, str(len(site.files)), str(site.size), str(keep + 1))
        cast(Any, self.docker).run(*self._command(order), stdin=packed.getvalue())


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    (tmp_path / "volume").mkdir()
    return Volume(docker=cast(DockerCli, Engine(tmp_path / "volume")), image="i", volume="v")


def built(folder: Path, text: str) -> SiteFolder:
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(text)
    return read_site(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="the script is for BusyBox and GNU tools")
def test_a_delivery_that_was_killed_anywhere_is_served_by_the_next_one(volume: Volume, tmp_path: Path) -> None:
    engine = cast(Engine, volume.docker)
    steps = 0
    while True:
        steps += 1
        engine.steps, site = steps, built(tmp_path / "pages", f"release {steps}")
        try:
            deliver(volume, site, again=False)
            break
        except Failure:
            engine.steps = 0
        served = engine.folder / "current" / "index.html"
        assert steps == 1 or served.read_text().startswith("release"), "what was served before, or the new one"
        assert "somebody rolled back" not in deliver(volume, site, again=False)
        assert served.read_text() == f"release {steps}"
    assert steps > 8


def test_a_rollback_holds_until_the_folder_changes(volume: Volume, tmp_path: Path) -> None:
    one = built(tmp_path / "one", "one")
    two = built(tmp_path / "two", "two")
    deliver(volume, one, again=False)
    deliver(volume, two, again=False)
    assert volume.rollback("") == one.digest
    assert "somebody rolled back" in deliver(volume, two, again=False)
    deliver(volume, built(tmp_path / "three", "three"), again=False)
    assert (cast(Engine, volume.docker).folder / "current" / "index.html").read_text() == "three"
