"""A secret that nobody has marked is known by where it stands; the rest of a change stays readable."""

from __future__ import annotations

import json
from typing import Any

import pytest

from review.paths import root
from review.report import Report
from review.shapes import without_shapes
from tests.unit.review.steps import CONTAINER, preview, step, summary

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n-----END OPENSSH PRIVATE KEY-----"  # gitleaks:allow
HIDDEN: dict[str, Any] = {
    "a list of them": {"passwords": ["canary"]},
    "nested under a name": {"password": {"value": "canary", "hint": "canary"}},
    "a map of them": {"secrets": {"openai": "canary"}},
    "a list under a name": {"config": {"apiKey": ["canary"]}},
    "an option": {"command": ["serve", "--password=canary"]},
    "the word after an option": {"command": ["serve", "--api-key", "canary"]},
    "a variable": {"envs": ["OPENAI_API_KEY=canary with spaces"]},
    "a URL": {"envs": ["DATABASE_URL=postgresql://app:canary@10.0.0.2/app"]},
    "a connection string": {"dsn": "host=db user=app password=canary"},
    "a header": {"headers": {"Authorization": "Bearer canary"}},
    "a line of a file": {"uploads": [{"content": 'a: 1\npassword: "canary one"\nb: 2'}]},
    "a line of a text": {"content": "a: 1\napi_key: canary"},
    "a field of JSON": {"content": '{"token": "canary"}'},
    "a key of its own": {"content": KEY},
}


def shown(old: dict[str, Any], new: dict[str, Any], **more: Any) -> str:
    given = preview(step("update", CONTAINER, "web", old, new, **more))
    return Report(stack="test", preview=given, summary=summary(), base=summary()).written()[0]


@pytest.mark.parametrize("how", HIDDEN)
def test_a_secret_that_nobody_marked_is_not_shown(how: str) -> None:
    new = HIDDEN[how]
    old = json.loads(json.dumps(new).replace("canary", "canary-of-before"))
    for text in (shown(old, new), shown({}, new), shown(new, {})):
        assert "canary" not in text
        assert "[secret]" in text or "secret" in text


@pytest.mark.parametrize(
    "text",
    [
        "max_tokens: 512", "MAX_TOKENS=512", "password_file: /run/secrets/redis", "http://127.0.0.1:5555/ready",
        "--password-file=/run/secrets/x", "basic", "a user:name at host", "ssh://admin@10.0.0.1:22",
    ],
)  # fmt: skip
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert without_shapes(text) == text


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("ports[0].ip", "ports"), ("image", "image"), ('["a.b"].c', "a.b"), ('["a[0]"]', "a[0]"),
        ('labels["x.y"]', "labels"), ('["say \\"x\\""].y', 'say "x"'), ("", ""),
    ],
)  # fmt: skip
def test_a_path_begins_with_its_property(path: str, name: str) -> None:
    assert root(path) == name


def test_a_property_with_dots_in_its_name_is_shown_to_the_leaf() -> None:
    text = shown({"a.b": {"c": 1}}, {"a.b": {"c": 2}}, detailedDiff={'["a.b"].c': {"kind": "update"}})
    assert "a.b.c: 1 => 2" in text


def test_the_comment_is_found_again_whatever_the_secrets_are() -> None:
    """A weak password may be a word of the tag."""
    text, _ = Report(
        stack="test", preview=preview(), summary=summary(), base=summary(), secrets=frozenset({"platform", "preview"})
    ).written()
    assert text.startswith("<!-- ai-platform preview: test -->\n")


def test_a_remark_tells_no_secret() -> None:
    text, _ = Report(
        stack="test", preview=preview(), summary=summary(), base=summary(),
        remarks=("it cannot be compared with: p@ss-word!",), secrets=frozenset({"p@ss-word!"}),
    ).written()  # fmt: skip
    assert "ss&#45;word" not in text and "&#91;secret&#93;" in text


@pytest.mark.parametrize("unit", ["_", "-", "password", "token ", "://", "x='", "--password-"])
def test_a_text_of_any_shape_is_read_in_one_pass(unit: str) -> None:
    """Where it were not, each of these would take minutes."""
    assert without_shapes(f"{unit * 20_000}=x")
