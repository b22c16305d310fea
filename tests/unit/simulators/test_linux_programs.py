"""The programs of a simulated Linux machine that are ours."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from simulators.images.linux.libexec import switch
from simulators.images.linux.packages import nvidia_ctk, nvidia_smi
from toolchain.places import ROOT

CARDS = ROOT / "simulators" / "images" / "linux" / "etc" / "gpu.csv"


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "gpu.csv"
    shutil.copy(CARDS, file)
    monkeypatch.setattr(nvidia_smi, "CARDS", file)
    monkeypatch.setattr(switch, "CARDS", file)
    return file


@pytest.mark.parametrize(
    ("form", "printed"),
    [
        ("csv", "name, memory.total [MiB]\nNVIDIA GeForce RTX 4090, 24564 MiB\n"),
        ("csv,noheader", "NVIDIA GeForce RTX 4090, 24564 MiB\n"),
        ("csv,noheader,nounits", "NVIDIA GeForce RTX 4090, 24564\n"),
    ],
)
def test_a_query_is_answered_in_the_form_asked_for(
    cards: Path, capsys: pytest.CaptureFixture[str], form: str, printed: str
) -> None:
    assert nvidia_smi.main(["--query-gpu=name,memory.total", f"--format={form}"]) == 0
    assert capsys.readouterr().out == printed


def test_an_unknown_field_is_refused(cards: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert nvidia_smi.main(["--query-gpu=colour", "--format=csv"]) == 2
    assert 'Field "colour" is not a valid field to query.' in capsys.readouterr().out


def test_every_line_of_the_table_is_as_wide_as_its_frame(cards: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert nvidia_smi.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert {len(line) for line in lines} == {len(lines[0])}


def test_a_card_goes_and_comes_back_as_it_was(cards: Path) -> None:
    before = cards.read_text()
    for _ in range(2):
        switch.gpu_absent(on=True, value="")
    assert nvidia_smi.main(["-L"]) == 9
    for _ in range(2):
        switch.gpu_absent(on=False, value="")
    assert (nvidia_smi.main(["-L"]), cards.read_text()) == (0, before)


def test_an_unknown_switch_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert switch.main(["nonsense", "on"]) == 64
    assert "sudo-password|disk-full|apt-locked" in capsys.readouterr().err


def test_the_runtime_is_added_and_all_else_in_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "docker" / "daemon.json"
    configure = ["runtime", "configure", "--runtime=docker", f"--config={file}"]
    assert nvidia_ctk.main(configure) == 0
    alone = json.loads(file.read_text())
    assert alone == {"runtimes": {"nvidia": {"args": [], "path": "nvidia-container-runtime"}}}
    file.write_text(json.dumps({"live-restore": True}))
    for _ in range(2):
        assert nvidia_ctk.main([*configure, "--set-as-default"]) == 0
    assert json.loads(file.read_text()) == {**alone, "live-restore": True, "default-runtime": "nvidia"}


def test_a_broken_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "daemon.json"
    file.write_text("{broken")
    assert nvidia_ctk.main(["runtime", "configure", f"--config={file}"]) == 1
    assert file.read_text() == "{broken"
