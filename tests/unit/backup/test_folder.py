"""How a restored folder takes the place of the live one on a Mac, in every shell that hosts have."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from operations.restore.folder import SWITCH

LAUNCHCTL = """#!/bin/sh
echo "$1" >>"{0}/calls"
case $1 in
print) [ -e "{0}/loaded" ] ;;
bootout) rm -f "{0}/loaded" ;;
bootstrap) touch "{0}/loaded" ;;
esac
"""
# A machine on which names can be changed so many times only.
MV = """#!/bin/sh
echo >>"{0}/moved"
[ "$(wc -l <"{0}/moved")" -ne {1} ] && exec /bin/mv "$@"
echo "No space left on device" >&2
exit 1
"""


@pytest.fixture(params=[["dash"], ["bash", "--posix"]], ids=["dash", "bash as sh"])
def switch(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    for name, text in {"sudo": '#!/bin/sh\nshift\nexec "$@"\n', "launchctl": LAUNCHCTL.format(tmp_path)}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    for name in ("live", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "which").write_text(name)
    (tmp_path / "loaded").touch()
    paths = [str(tmp_path / name) for name in ("live", "new", "before")]
    return [*request.param, "-c", SWITCH, "sh", *paths, "ai-platform.jobs", "/plist"]


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = {"PATH": f"{folder}:/usr/bin:/bin"}
    return subprocess.run(command, env=path, capture_output=True, text=True, timeout=60, check=False)


def which(folder: Path) -> str:
    return (folder / "which").read_text()


def test_the_new_data_is_live_and_the_old_stays(switch: list[str], tmp_path: Path) -> None:
    done = run(switch, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (which(tmp_path / "live"), which(tmp_path / "before")) == ("new", "live")
    assert (tmp_path / "loaded").exists()


@pytest.mark.parametrize("failing", [1, 2])
def test_a_name_that_cannot_be_changed_leaves_the_old_data_live(
    switch: list[str], tmp_path: Path, failing: int
) -> None:
    (tmp_path / "mv").write_text(MV.format(tmp_path, failing))
    (tmp_path / "mv").chmod(0o755)
    done = run(switch, tmp_path)
    assert (done.returncode, which(tmp_path / "live")) == (1, "live")
    assert "No space left" in done.stderr
    assert (tmp_path / "loaded").exists()


def test_without_both_folders_the_service_is_not_even_ended(switch: list[str], tmp_path: Path) -> None:
    (tmp_path / "new").rename(tmp_path / "elsewhere")
    assert run(switch, tmp_path).returncode == 1
    assert not (tmp_path / "calls").exists()
