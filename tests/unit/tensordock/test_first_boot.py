"""What a simulated machine finds at its first boot, and how it is steered from a terminal."""

import csv
import io
import json
import re
import runpy
import shlex
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from simulators.tensordock.behaviour import Behaviour
from simulators.tensordock.faults import Fault
from simulators.tensordock.first_boot import archive, cards, user_data
from simulators.tensordock.order import Order, order
from simulators.tensordock.remote import ControlError, Remote, seconds, settings
from tests.unit.tensordock.test_simulator import ORDER
from toolchain.places import ROOT

PLAIN: Order = order(ORDER, "loc-mid")
GPU = ROOT / "simulators" / "images" / "gpu-vm" / "libexec" / "gpu.py"


def test_cloud_init_gets_the_key_and_what_the_order_says_and_nothing_else() -> None:
    wanted = {"runcmd": ["true"], "write_files": [{"path": "/a", "content": "b"}], "bootcmd": ["rm -rf /"]}
    text = user_data(replace(PLAIN, ssh_key="ssh-ed25519 A", cloud_init=wanted))
    first, _, rest = text.partition("\n")
    assert first == "#cloud-config"
    assert json.loads(rest) == {
        "runcmd": ["true"],
        "write_files": [{"path": "/a", "content": "b"}],
        "ssh_authorized_keys": ["ssh-ed25519 A"],
    }


@pytest.mark.parametrize(
    ("model", "name", "memory"),
    [
        ("geforcertx4090-pcie-24gb", "NVIDIA GeForce RTX 4090", "24576 MiB"),
        ("rtxa6000-pcie-48gb", "NVIDIA RTX A6000", "49152 MiB"),
        ("h100-sxm5-80gb", "NVIDIA H100", "81920 MiB"),
    ],
)
def test_cards_are_those_of_the_order(model: str, name: str, memory: str) -> None:
    rows = list(csv.DictReader(io.StringIO(cards(replace(PLAIN, gpu_model=model, gpu_count=2)))))
    assert [(row["index"], row["name"], row["memory.total"]) for row in rows] == [
        ("0", name, memory),
        ("1", name, memory),
    ]


@pytest.mark.parametrize(("image", "file"), [("ubuntu2404_ml_pytorch", "gpu.csv"), ("ubuntu2404", "gpu.absent")])
def test_only_images_made_for_learning_have_a_driver(image: str, file: str) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive("id", replace(PLAIN, image=image)))) as packed:
        modes = {member.name: member.mode for member in packed}
    assert modes[f"var/lib/simulator/{file}"] == 0o644
    assert modes["var/lib/cloud/seed/nocloud/user-data"] == 0o600


def test_what_a_card_tells_can_be_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = runpy.run_path(str(GPU))
    file = tmp_path / "gpu.csv"
    file.write_text(cards(replace(PLAIN, gpu_count=2)), encoding="ascii")
    program["main"].__globals__["CARDS"] = file
    assert program["main"](["utilization.gpu=97 %", "temperature.gpu=88"]) == 0
    told = [
        (row["utilization.gpu"], row["temperature.gpu"], row["memory.total"])
        for row in csv.DictReader(file.read_text(encoding="ascii").splitlines())
    ]
    assert told == [("97 %", "88", "24576 MiB")] * 2
    assert program["main"](["colour=red"]) == 64
    assert "no card has colour; there are index, name" in capsys.readouterr().err


def test_times_and_settings_of_the_terminal() -> None:
    assert [seconds(text) for text in ("90", "90s", "30m", "2h", "1.5d")] == [90, 90, 1800, 7200, 129_600]
    assert settings(["never_ip=true", "kind=lost", 'no_capacity=["a"]']) == {
        "never_ip": True, "kind": "lost", "no_capacity": ["a"],
    }  # fmt: skip
    with pytest.raises(ControlError, match="'soon' is no time"):
        seconds("soon")
    with pytest.raises(ControlError, match="expected NAME=VALUE"):
        settings(["never_ip"])


def test_every_fault_that_is_described_exists() -> None:
    text = (ROOT / "docs" / "simulated-gpu-machines.md").read_text(encoding="utf-8")
    spans = [shlex.split(span) for span in re.findall(r"`([^`\n]+)`", text.partition("## Faults")[2])]
    faults = [settings(words) for command, *words in spans if command == "fault"]
    switches = [settings(words or [command]) for command, *words in spans if command == "set" or "=" in command]
    assert len(faults) >= 6 and len(switches) >= 20
    for fault in faults:
        Fault.model_validate({"kind": "error", **fault})
    for switch in switches:
        Behaviour.model_validate(switch)


def test_an_account_that_does_not_run_is_named_with_what_starts_it(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match=r"no simulated account runs for .*: bring a GPU stack up first"):
        Remote(tmp_path).get("state")
