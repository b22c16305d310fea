"""A name that is missing on the command line never comes to mean everything, or the live database."""

from __future__ import annotations

import sys

import pytest

from operations.restore import __main__ as command


@pytest.mark.parametrize(
    "arguments",
    [
        ["--database", "kb", "--into", ""], ["--database", ""], ["--service", ""], ["--database", " "],
        ["--into", "new"], ["--database", "kb", "--into", "x" * 64],
    ],
)  # fmt: skip
def test_an_empty_name_is_refused_before_anything_is_read(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["restore", "-s", "dev", *arguments])
    monkeypatch.setattr(command, "run", lambda _: pytest.fail("nothing may run"))
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err
