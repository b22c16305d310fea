"""scripts/check tells which names are protected at Cloudflare only."""

from __future__ import annotations

import pytest

from operations import check
from planning.access import with_login


def test_names_whose_logins_nothing_here_checks_are_told_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check.check("prod", as_json=False)
    assert "unprotected" not in capsys.readouterr().out
    monkeypatch.setattr(check, "unprotected", lambda plan: with_login(plan.environment)[:1])
    check.check("prod", as_json=False)
    out = capsys.readouterr().out
    assert "unprotected: chat.example.com: " in out
    assert "docs/runbooks/reverse-proxy.md" in out
