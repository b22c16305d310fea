"""What the gate reads from its environment."""

from __future__ import annotations

import pytest
from gate.settings import Settings, read_settings


def test_the_address_of_an_ollama_is_enough() -> None:
    assert read_settings({"GATE_UPSTREAM": "http://ollama:11434/"}) == Settings("http://ollama:11434")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"GATE_UPSTREAM": "ollama"},
        {"GATE_UPSTREAM": "http://o", "GATE_PORT": "x"},
        {"GATE_UPSTREAM": "http://o", "GATE_LEASE_SECONDS": "0"},
    ],
)
def test_what_cannot_be_used_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="GATE_"):
        read_settings(wrong)
