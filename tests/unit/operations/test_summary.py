"""What `make up` ends with."""

from __future__ import annotations

import pytest

from operations.summary import can_ask, show

from .conftest import Planner

ASKED = {name: {"host": "local"} for name in ("embed", "postgres", "ollama")}


def test_a_question_is_offered_where_it_can_be_answered(planned: Planner, capsys: pytest.CaptureFixture[str]) -> None:
    plan = planned(services=ASKED)
    assert can_ask(plan)
    show(plan, "test")
    assert "scripts/ask -s test" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ASKED)
def test_no_question_is_offered_without_what_answers_it(planned: Planner, missing: str) -> None:
    assert not can_ask(planned(services={name: one for name, one in ASKED.items() if name != missing}))


def test_neither_pages_nor_questions_are_announced_where_there_are_none(
    planned: Planner, capsys: pytest.CaptureFixture[str]
) -> None:
    show(planned(services={"redis": {"host": "local"}}), "test")
    said = capsys.readouterr().out
    assert "Pages:" not in said
    assert "scripts/ask" not in said
    assert "scripts/health -s test" in said


SIMULATED = {
    "services": {"web": {"kind": "open-webui-alone", "host": "local"}, "ollama": {"host": "local"},
                 "tunnel": {"host": "local"}},
    "routes": [{"hostname": "www.dev.test", "service": "web", "access": "private"}],
    "edge": {"simulated": True, "emails": ["owner@dev.test"], "browsers": "127.0.0.1:9443"},
}  # fmt: skip


def test_names_of_a_simulated_edge_come_with_what_a_browser_needs(
    planned: Planner, capsys: pytest.CaptureFixture[str]
) -> None:
    show(planned(**SIMULATED), "test")
    said = capsys.readouterr().out
    assert "https://www.dev.test:9443  web, private" in said
    assert "127.0.0.1 www.dev.test dev.cloudflareaccess.com" in said
    assert ".state/simulators/cloudflare/ca.pem" in said


def test_names_of_a_real_edge_need_nothing(planned: Planner, capsys: pytest.CaptureFixture[str]) -> None:
    edge = {"account_id": "c" * 32, "zone_id": "d" * 32, "emails": ["owner@example.com"]}
    routes = [{"hostname": "www.example.com", "service": "web", "access": "private"}]
    show(planned(**SIMULATED | {"edge": edge, "routes": routes, "secrets": {"cloudflare-api-token": "t"}}), "test")
    said = capsys.readouterr().out
    assert "https://www.example.com  web, private" in said
    assert "/etc/hosts" not in said
