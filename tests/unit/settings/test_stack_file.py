"""Stack files that are missing, hostile or damaged end in one readable refusal."""

from pathlib import Path

import pytest

from settings.problem import SettingsError
from settings.stack_file import read

GOOD = """\
config:
  ai-platform:hosts:
    local: {kind: local, address: 127.0.0.1, cpus: 2, memory_gb: 16, disk_gb: 60}
  ai-platform:services:
    redis:
      host: locla
"""


def write(folder: Path, content: bytes) -> Path:
    (folder / "Pulumi.test.yaml").write_bytes(content)
    return folder


def test_a_fault_names_file_and_line(tmp_path: Path) -> None:
    parsed = read(write(tmp_path, GOOD.encode()), "test")
    with pytest.raises(SettingsError, match=r"Pulumi\.test\.yaml:6: services\.redis\.host = locla"):
        parsed.valid()


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    assert read(write(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()), "test").environment.hosts


def test_an_encrypted_secret_can_be_planned_with(tmp_path: Path) -> None:
    text = GOOD.replace("locla", "local") + "  ai-platform:secrets:\n    token: {secure: v1:abc}\n"
    assert "token" in read(write(tmp_path, text.encode()), "test").valid().secrets


BOMB = b"config:\n  a: &a [x, x]\n  b: &b [*a, *a]\n  c: [*b, *b]\n"


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (BOMB, "YAML alias"),
        (b"config:\n\t- tab\n", "not YAML"),
        (b"config: [" * 2000, "not YAML"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"", "no `config:` section"),
        (b"- a list\n", "no `config:` section"),
        (b"x" * 4_000_001, "larger than"),
    ],
)
def test_a_hostile_file_is_refused_with_its_cause(tmp_path: Path, content: bytes, cause: str) -> None:
    with pytest.raises(SettingsError, match=cause):
        read(write(tmp_path, content), "test")


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="scripts/init prod"):
        read(tmp_path, "prod")
