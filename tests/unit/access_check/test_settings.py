"""What cannot be used is named with its variable."""

from __future__ import annotations

from pathlib import Path

import pytest
from access_check.settings import read_settings

GOOD = {
    "ACCESS_ISSUER": "https://office.cloudflareaccess.com",
    "ACCESS_CERTIFICATES_URL": "https://certs.example.com/x",
    "ACCESS_AUDIENCES_FILE": "/live/current/audiences.json",
}


def test_settings_are_read_from_variables_and_the_file_of_names_may_come_later() -> None:
    found = read_settings({**GOOD, "ACCESS_PORT": "8089"})
    assert (found.audiences_file, found.port) == (Path("/live/current/audiences.json"), 8089)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ACCESS_ISSUER", ""),
        ("ACCESS_ISSUER", "https://office.cloudflareaccess.com/"),
        ("ACCESS_CERTIFICATES_URL", "file:///etc/passwd"),
        ("ACCESS_PORT", "x"),
        ("ACCESS_REFRESH_SECONDS", "0"),
        ("ACCESS_AUDIENCES_FILE", ""),
        ("ACCESS_AUDIENCES_FILE", "audiences.json"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=name):
        read_settings({**GOOD, name: text})
