"""A preview without accounts: placeholders stand in a copy, the stack file stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from operations import preview
from settings.stack_file import read

EDGE = """
  ai-platform:edge: {account_id: "00000000000000000000000000000000", zone_id: "11111111111111111111111111111111",
    emails: [a@example.com]}
"""
PLAIN = f"config:\n  ai-platform:hosts: {{}}\n{EDGE}"
ENCRYPTED = f"""secretsprovider: awskms://alias/team
encryptedkey: abc
encryptionsalt: v1:abc
{PLAIN}  ai-platform:secrets:
    cloudflare-api-token: {{secure: v1:ciphertext}}
    other: {{secure: v1:ciphertext}}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "copies").mkdir()
    monkeypatch.setattr(preview, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (PLAIN, ["secrets.cloudflare-api-token"]),
        (ENCRYPTED, ["secrets.cloudflare-api-token", "secrets.other"]),
        ("config:\n  ai-platform:hosts: {}\n", []),
    ],
    ids=["missing", "encrypted", "none needed"],
)
def test_placeholders_are_named_and_stand_in_a_copy_only(root: Path, text: str, names: list[str]) -> None:
    file = root / "Pulumi.team.yaml"
    file.write_text(text, encoding="utf-8")
    said, copy = preview._placeholders("team", root / "copies")
    assert said == names
    assert file.read_text(encoding="utf-8") == text
    assert copy == root / "copies" / file.name
    assert {path.name for path in root.iterdir()} == {"copies", file.name}
    assert read(root / "copies", "team").valid()


def test_the_copy_needs_neither_the_passphrase_nor_the_key_service_of_the_stack(root: Path) -> None:
    (root / "Pulumi.team.yaml").write_text(ENCRYPTED, encoding="utf-8")
    _, copy = preview._placeholders("team", root / "copies")
    assert set(yaml.safe_load(copy.read_text())) == {"config"}
    assert "ciphertext" not in copy.read_text()


def test_a_throwaway_preview_has_a_state_of_its_own(root: Path) -> None:
    variables = preview._throwaway(root)
    assert variables["PULUMI_BACKEND_URL"] == f"file://{root}/backend"
    assert {"PULUMI_CONFIG_PASSPHRASE", "AI_PLATFORM_PLACEHOLDERS"} <= set(variables)
