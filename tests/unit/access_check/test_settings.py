"""What cannot be used is named with its variable or its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from access_check.settings import read_settings

GOOD = {
    "ACCESS_ISSUER": "https://office.cloudflareaccess.com",
    "ACCESS_CERTIFICATES_URL": "https://certs.example.com/x",
}


def test_settings_are_read_from_variables_and_one_file(tmp_path: Path) -> None:
    (tmp_path / "audiences.json").write_text('{"chat.example.com": "aud"}')
    found = read_settings({**GOOD, "ACCESS_AUDIENCES_FILE": str(tmp_path / "audiences.json"), "ACCESS_PORT": "8089"})
    assert (found.audiences, found.port) == ({"chat.example.com": "aud"}, 8089)


@pytest.mark.parametrize(
    ("change", "text", "named"),
    [
        ({"ACCESS_ISSUER": ""}, "{}", "ACCESS_ISSUER"),
        ({"ACCESS_ISSUER": "https://office.cloudflareaccess.com/"}, "{}", "ACCESS_ISSUER"),
        ({"ACCESS_CERTIFICATES_URL": "file:///etc/passwd"}, "{}", "ACCESS_CERTIFICATES_URL"),
        ({"ACCESS_PORT": "x"}, "{}", "ACCESS_PORT"),
        ({"ACCESS_REFRESH_SECONDS": "0"}, "{}", "ACCESS_REFRESH_SECONDS"),
        ({}, "[]", "audiences.json"),
        ({}, '{"chat.example.com": ""}', "audiences.json"),
        ({}, "{", "ACCESS_AUDIENCES_FILE"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, change: dict[str, str], text: str, named: str) -> None:
    file = tmp_path / "audiences.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=named):
        read_settings({**GOOD, "ACCESS_AUDIENCES_FILE": str(file), **change})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        read_settings({**GOOD, "ACCESS_AUDIENCES_FILE": str(tmp_path / "nowhere")})
