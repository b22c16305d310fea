"""One comment a stack, however often it is run, and nobody else's comment is ever touched."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations import comment
from operations.failure import Failure
from operations.review import pull_request
from operations.review.pull_request import PullRequest
from review.comment import tag
from tests.unit.review.github import BOT, TOKEN, GitHub, serving

DEV, PROD = tag("dev"), tag("prod")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    monkeypatch.setattr(pull_request, "_BACK_OFF", lambda _: 0)
    monkeypatch.setattr(pull_request, "LONGEST_PAUSE_SECONDS", 0)
    with serving() as found:
        yield found


def pull(hub: GitHub, number: int = 7, token: str = TOKEN) -> PullRequest:
    return PullRequest(hub.url, "team/platform", number, token, BOT)


def test_a_second_run_edits_in_place(hub: GitHub) -> None:
    assert pull(hub).put(DEV, f"{DEV}\nfirst\n") == "commented"
    assert pull(hub).put(DEV, f"{DEV}\nsecond\n") == "brought up to date"
    assert pull(hub).put(DEV, f"{DEV}\nsecond\n") == "as it was"
    assert hub.bodies() == [f"{DEV}\nsecond\n"]


def test_two_stacks_have_two_comments_and_another_pull_request_its_own(hub: GitHub) -> None:
    for _ in range(2):
        pull(hub).put(DEV, f"{DEV}\na")
        pull(hub).put(PROD, f"{PROD}\nb")
        pull(hub, 8).put(DEV, f"{DEV}\nc")
    assert hub.bodies() == [f"{DEV}\na", f"{PROD}\nb"]
    assert hub.bodies(8) == [f"{DEV}\nc"]


def test_a_comment_on_a_late_page_is_found(hub: GitHub) -> None:
    for number in range(250):
        hub.add(f"talk {number}", "anna")
    hub.add(f"{DEV}\nold")
    assert pull(hub).put(DEV, f"{DEV}\nnew") == "brought up to date"
    assert hub.bodies().count(f"{DEV}\nnew") == 1 and len(hub.comments) == 251


def test_comments_of_others_are_left_alone_even_with_our_tag(hub: GitHub) -> None:
    hub.add(f"{DEV}\nmine", "mallory")
    hub.add(f"> {DEV}\nquoted")
    assert pull(hub).put(DEV, f"{DEV}\nours") == "commented"
    assert hub.bodies() == [f"{DEV}\nmine", f"> {DEV}\nquoted", f"{DEV}\nours"]


def test_what_two_runs_made_at_once_becomes_one(hub: GitHub) -> None:
    hub.add(f"{DEV}\r\nolder")
    hub.add(f"{DEV}\nnewer")
    pull(hub).put(DEV, f"{DEV}\nlast")
    assert hub.bodies() == [f"{DEV}\nlast"]


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (500, {}),
        (502, {}),
        (429, {"Retry-After": "1"}),
        (403, {"Retry-After": "1"}),
        (403, {"X-RateLimit-Remaining": "0"}),
        (200, {}),
    ],
    ids=["500", "502", "429", "secondary limit", "primary limit", "no list"],
)
def test_what_passes_by_itself_is_waited_for(hub: GitHub, status: int, headers: dict[str, str]) -> None:
    hub.fault(status, headers)
    assert pull(hub).put(DEV, f"{DEV}\na") == "commented"


def test_a_lost_answer_makes_no_second_comment(hub: GitHub) -> None:
    hub.no_fault()
    hub.fault(502, done=True)
    assert pull(hub).put(DEV, f"{DEV}\na") == "as it was"
    assert hub.calls.count("POST /repos/team/platform/issues/7/comments") == 1
    assert hub.bodies() == [f"{DEV}\na"]


def test_a_refusal_is_told_with_its_cause_and_without_the_token(hub: GitHub) -> None:
    with pytest.raises(Failure, match="401 Bad credentials") as refused:
        pull(hub, token="wrong-token-here").put(DEV, f"{DEV}\na")
    assert "wrong-token-here" not in str(refused.value)
    with pytest.raises(Failure, match="404 Not Found"):
        pull(hub, 9).put(DEV, f"{DEV}\na")
    hub.fault(403)
    with pytest.raises(Failure, match="403 ordered"):
        pull(hub).put(DEV, f"{DEV}\na")


def test_an_api_that_stays_away_ends_in_a_message(hub: GitHub) -> None:
    for _ in range(20):
        hub.fault(503)
    with pytest.raises(Failure, match="503 ordered"):
        pull(hub).put(DEV, f"{DEV}\na")
    assert len(hub.calls) == pull_request.ATTEMPTS


def test_the_verb_posts_every_file_and_refuses_what_is_no_report(
    hub: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_API_URL", hub.url)
    good, bad = tmp_path / "dev.md", tmp_path / "bad.md"
    good.write_text(f"{DEV}\nhello\n")
    bad.write_text("hello\n")
    given = {"repository": "team/platform", "pull_request": 7, "author": BOT}
    comment.comment(argparse.Namespace(files=[good], **given))
    assert hub.bodies() == [f"{DEV}\nhello\n"]
    assert capsys.readouterr().out == "dev.md: commented\n"
    with pytest.raises(Failure, match="is no report"):
        comment.comment(argparse.Namespace(files=[good, bad], **given))
    with pytest.raises(Failure, match="is no repository"):
        comment.comment(argparse.Namespace(files=[good], **given | {"repository": "a/b/../c"}))
    monkeypatch.delenv("GITHUB_TOKEN")
    with pytest.raises(Failure, match="GITHUB_TOKEN is not set"):
        comment.comment(argparse.Namespace(files=[good], **given))
