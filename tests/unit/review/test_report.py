"""The comment tells the truth, the worst first, in any size, and holds no secret and no markup from outside."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from review.comment import LIMIT
from review.masking import Masks
from review.preview import Preview
from review.report import Report
from tests.unit.review.steps import CONTAINER, RECORD, VOLUME, preview, reach, step, summary

NETWORK = "docker:index/network:Network"
MARKED = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"canary-in-a-mark"'}
HOSTILE = "<img src=x onerror=y> **b** [l](http://e.example) @everyone `c` | --> ```\n# h\n<!-- x -->"


def report(*steps: dict[str, Any], **more: Any) -> tuple[str, int]:
    given: dict[str, Any] = {"stack": "test", "preview": preview(*steps), "summary": summary(), "base": summary()}
    return Report(**given | more).written()


def test_nothing_to_do_is_said_so() -> None:
    text, code = report()
    assert code == 0
    assert text.startswith("<!-- ai-platform preview: test -->\n## Preview of <code>test</code>: no changes\n")


def test_a_safe_change_counts_what_it_does() -> None:
    text, code = report(step("create", NETWORK, "a", None, {"name": "a"}), step("update", NETWORK, "b", {}, {"x": 1}))
    assert code == 2
    assert ": safe" in text and "1 to create, 1 to update, 7 unchanged" in text


def test_dangers_come_before_everything_else_and_need_a_label() -> None:
    steps = [
        step("replace", CONTAINER, "web", {"image": "a"}, {"image": "b"}),
        step("delete", VOLUME, "data", {"name": "orders"}),
    ]
    text, code = report(*steps)
    assert code == 3
    order = ["dangerous", "### Dangers", "orders", "### To look at", "service interrupted", "### Cost", "### Fit"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    approved, code = report(*steps, approved=True)
    assert code == 2 and "approved" in approved and "### Dangers" in approved


@pytest.mark.parametrize("approved", [True, False])
def test_a_failed_preview_is_never_no_changes(approved: bool) -> None:
    failed = Preview(failures=("error: the stack is locked",))
    text, code = report(preview=failed, approved=approved)
    assert code == 1
    assert ": failed" in text and "the stack is locked" in text
    assert "no changes" not in text and "unchanged" not in text


def test_a_plan_that_cannot_be_made_still_gives_a_comment() -> None:
    text, code = report(preview=Preview(failures=("1 problem in Pulumi.test.yaml",)), summary=None, base=None)
    assert code == 1 and "1 problem" in text


def test_cost_is_told_by_the_hour_the_month_the_worst_case_and_the_difference() -> None:
    text, _ = report(summary=summary(hourly=0.75, month_usd=50), base=summary(hourly=0.5))
    assert "| <code>brain</code> | 0.750 | 100 | 75.00 | 547.50 | +25.00 |" in text
    assert "| **all** |  |  | **75.00** | **547.50** | **+25.00** |" in text
    assert "Budget of rented machines: 50.00 a month." in text
    assert "costs more" in text


def test_a_host_that_goes_is_counted_as_saved() -> None:
    empty = summary()
    text, _ = report(summary=type(empty)(stack="test", costs=(), fits=(), endpoints=()), base=empty)
    assert "-50.00" in text


def test_without_a_base_no_difference_is_made_up() -> None:
    text, _ = report(base=None)
    assert "**?**" in text and "The plan of the base is not known" in text


def test_headroom_tells_what_it_was() -> None:
    text, _ = report(summary=summary(taken=15), base=summary(taken=8))
    assert "OK to **TIGHT** | 16 | 15.0 | 1.0 (6 %) | -7.0 |" in text
    assert "less room" in text


def test_endpoints_that_come_and_go_are_listed_and_a_public_name_is_a_danger() -> None:
    new = summary(reach("chat", names={"chat.example.com": "private"}), reach("kept"))
    text, code = report(summary=new, base=summary(reach("old"), reach("kept")))
    assert code == 3 and "public name added" in text
    assert "- added: <code>chat</code>" in text and "- removed: <code>old</code>" in text
    assert "<code>kept</code>" not in text


def test_a_name_that_both_plan_and_preview_tell_of_is_told_once() -> None:
    new = summary(reach("chat", names={"chat.example.com": "private"}))
    record = step("create", RECORD, "r", None, {"name": "chat.example.com", "proxied": True, "type": "CNAME"})
    text, _ = report(record, summary=new, base=summary())
    assert text.count("**public name added**") == 1


@pytest.mark.parametrize(
    ("old", "new", "loosened"),
    [
        ({"names": {"a.example.com": "private"}}, {"names": {"a.example.com": "public"}}, True),
        ({"names": {"a.example.com": "public"}}, {"names": {"a.example.com": "private"}}, False),
        ({"networks": ("10.1.0.0/16",)}, {"networks": ("10.0.0.0/8",)}, True),
        ({"networks": ("10.0.0.0/8",)}, {"networks": ("10.1.0.0/16",)}, False),
        ({"networks": ("10.0.0.0/8",)}, {"networks": ("10.0.0.0/8", "fd00::/8")}, True),
    ],
    ids=["public", "closed again", "wider", "narrower", "another family"],
)
def test_loosened_access_is_a_danger_and_tightened_is_not(
    old: dict[str, Any], new: dict[str, Any], loosened: bool
) -> None:
    _, code = report(summary=summary(reach(**new)), base=summary(reach(**old)))
    assert code == (3 if loosened else 0)


def test_five_thousand_changes_fit_and_the_head_stays() -> None:
    steps = [step("replace", CONTAINER, f"s{i}", {"image": "a" * 90}, {"image": "b" * 90}) for i in range(4990)]
    steps += [step("delete", VOLUME, f"data{i}", {"name": f"volume-{i}"}) for i in range(10)]
    text, code = report(*steps)
    assert len(text) <= LIMIT and code == 3
    assert all(f"volume-{i}</code>" in text for i in range(10))
    assert "4,990 to replace, 10 to delete" in text
    assert "### Cost" in text and "### Fit" in text
    assert "resources that are not shown here" in text and "more that are not shown here" in text
    assert text.rstrip().endswith("</details>")


def test_a_plan_of_any_size_fits_too() -> None:
    many = tuple(reach(f"service-{i}", url="http://10.0.0.1/" + "x" * 100) for i in range(3000))
    text, _ = report(summary=summary(*many), base=summary())
    assert len(text) <= LIMIT and "endpoints that are not shown here" in text


def test_no_secret_is_shown_whichever_way_it_comes() -> None:
    before = {
        "password": "canary-by-name", "marked": MARKED, "hidden": "[secret]",
        "envs": ["API_TOKEN=canary-variable", "copy=canary-in-a-mark"], "label": "canary-known-value",
        "nested": {"private_key": "canary-nested"},
    }  # fmt: skip
    after = {**before, "password": "canary-by-name-2", "marked": {**MARKED, "x": 1}, "label": "x canary-known-value y"}
    after["envs"] = ["API_TOKEN=canary-variable-2", "copy=canary-in-a-mark!"]
    after["nested"] = {"private_key": "canary-nested-2"}
    steps = [
        step("update", VOLUME, "canary-known-value", before, after),
        step("replace", VOLUME, "b", {"name": "canary-known-value"}, {"name": "b"}),
    ]
    failures = ("it said canary-known-value",)
    for found in (preview(*steps), Preview(failures=failures)):
        text, _ = report(preview=found, secrets=frozenset({"canary-known-value"}))
        assert "canary" not in text, text
        assert "[secret]" in text or "&#91;secret&#93;" in text


def test_a_secret_of_several_lines_is_not_shown_line_by_line() -> None:
    secret = "first canary line\nsecond canary line"
    steps = [step("update", NETWORK, "a", {"text": f"x\n{secret}"}, {"text": f"y\n{secret}\nz"})]
    text, _ = report(*steps, secrets=frozenset({secret}))
    assert "canary" not in text and "text: with z" in text


@given(st.text(min_size=6), st.text(), st.text())
def test_a_known_value_never_passes(secret: str, before: str, after: str) -> None:
    if secret not in "[secret]":
        assert "[secret]" in Masks({secret}).scrub(f"{before}{secret}{after}")


@pytest.mark.parametrize("place", ["name", "volume", "record", "host", "failure", "remark", "value"])
def test_names_from_outside_are_never_markup(place: str) -> None:
    steps = {
        "name": [step("create", CONTAINER, HOSTILE, None, {})],
        "volume": [step("delete", VOLUME, "a", {"name": HOSTILE})],
        "record": [step("create", RECORD, "a", None, {"name": HOSTILE})],
        "value": [step("update", VOLUME, "a", {"x": "1"}, {"x": HOSTILE, HOSTILE: "2"})],
    }.get(place, [])
    more: dict[str, Any] = {"remarks": [HOSTILE] if place == "remark" else []}
    if place == "failure":
        more["preview"] = Preview(failures=(HOSTILE,))
    if place == "host":
        more["summary"] = summary(reach(HOSTILE, names={HOSTILE: "private"}))
    text, _ = report(*steps, **more)
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    for bad in ("<img", "<strong>b", "<a href", "<h1", "<!-- x"):
        assert bad not in shown.replace("<!-- ai-platform preview", ""), shown


def test_characters_that_no_file_can_hold_are_left_out() -> None:
    text, _ = report(step("create", VOLUME, "a\ud800\x00b", None, {"name": "a"}))
    assert text.encode() and "\x00" not in text
