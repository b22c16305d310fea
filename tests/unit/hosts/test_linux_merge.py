"""Docker's settings file is shared: our keys are ours, all others are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hosts.linux.merge_settings import main

WANTED = {"live-restore": True, "log-opts": {"max-size": "20m"}}


def merged(folder: Path, found: str | None, before: str | None, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    for name, text in (("file", found), ("record", before)):
        if text is not None:
            (folder / name).write_text(text)
    code = main([str(folder / "file"), str(folder / "record"), json.dumps(WANTED)])
    printed = capsys.readouterr()
    return code, printed.out if code == 0 else printed.err


@pytest.mark.parametrize("found", [None, "", "{}"])
def test_without_settings_ours_are_all(tmp_path: Path, found: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = merged(tmp_path, found, None, capsys)
    assert (code, json.loads(text)) == (0, WANTED)


def test_settings_of_others_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    others = {"mtu": 1400, "runtimes": {"nvidia": {"path": "nvidia-container-runtime"}}}
    code, text = merged(tmp_path, json.dumps(others), None, capsys)
    assert (code, json.loads(text)) == (0, {**others, **WANTED})


def test_settings_that_are_right_are_printed_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.dumps({**WANTED, "mtu": 1400}, indent=3)
    assert merged(tmp_path, found, None, capsys) == (0, found)


def test_what_somebody_changed_of_ours_is_put_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.dumps({**WANTED, "live-restore": False})
    code, text = merged(tmp_path, found, json.dumps(WANTED), capsys)
    assert (code, json.loads(text)) == (0, WANTED)


def test_what_we_no_longer_want_goes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, before = {**WANTED, "debug": True, "mtu": 1400}, {**WANTED, "debug": True}
    code, text = merged(tmp_path, json.dumps(found), json.dumps(before), capsys)
    assert (code, json.loads(text)) == (0, {**WANTED, "mtu": 1400})


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ('{"live-restore": false}', "sets live-restore to false, the platform needs true: remove live-restore"),
        ('{"log-opts": {"tag": "x"}}', 'sets log-opts to {"tag": "x"}'),
        ("{", "is no JSON"),
        ("[]", "holds no JSON object"),
        ("\x00", "is no JSON"),
    ],
)
def test_what_cannot_be_merged_is_named(
    tmp_path: Path, found: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = merged(tmp_path, found, None, capsys)
    assert (code, said in text) == (1, True), text
