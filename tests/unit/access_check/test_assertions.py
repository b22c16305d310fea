"""Only an assertion that the team signed, for this name and for now, opens anything."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from access_check.assertion import Refused, key_identifier, visitor
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from .conftest import Scene, played
from .team import AUDIENCES, EMAIL, ISSUER, assertion, claims, private_key


def b64(raw: bytes | dict[str, Any]) -> str:
    data = json.dumps(raw).encode() if isinstance(raw, dict) else raw
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def refusal(token: str, name: str = "chat.example.com") -> str:
    with pytest.raises(Refused) as refused:
        key_identifier(token)
        visitor(token, private_key("first").public_key(), ISSUER, AUDIENCES[name], 10)
    return refused.value.reason


def test_who_passed_the_login_is_let_in_and_named() -> None:
    async def story(scene: Scene) -> None:
        assert await scene.answer(assertion()) == (204, EMAIL)
        assert await scene.answer(assertion("mlflow.example.com"), "mlflow.example.com") == (204, EMAIL)
        assert await scene.metric('access_check_decisions_total{decision="admitted"}') == 2

    played(story)


def test_a_program_with_a_key_is_let_in_without_a_name() -> None:
    async def story(scene: Scene) -> None:
        assert await scene.answer(assertion(email=None, common_name="ci.access", sub="")) == (204, None)

    played(story)


def test_without_a_valid_assertion_nobody_is_let_in() -> None:
    async def story(scene: Scene) -> None:
        for token in (None, "", "x", assertion(signed_by="other"), assertion("mlflow.example.com")):
            assert await scene.answer(token) == (401, None)
        assert await scene.check(assertion(), "www.example.com") == 401
        assert await scene.check(assertion(), "") == 401

    played(story)


NOW = int(time.time())
FAULTS: dict[str, dict[str, Any]] = {
    "expired": {"exp": NOW - 60},
    "not yet valid": {"nbf": NOW + 600},
    "for another name": {"aud": ["c" * 64]},
    "of another issuer": {"iss": "https://other.cloudflareaccess.com"},
    "incomplete": {"exp": None},
}


@pytest.mark.parametrize(("reason", "change"), FAULTS.items(), ids=list(FAULTS))
def test_what_does_not_hold_is_refused_for_its_own_reason(reason: str, change: dict[str, Any]) -> None:
    assert refusal(assertion(**change)) == reason


@pytest.mark.parametrize("missing", ["exp", "iat", "iss", "aud"])
def test_what_does_not_say_it_is_refused(missing: str) -> None:
    change: dict[str, Any] = {missing: None}
    assert refusal(assertion(**change)) in ("incomplete", "for another name", "of another issuer")


def test_clocks_may_differ_by_seconds_but_not_by_a_minute() -> None:
    key = private_key("first").public_key()
    assert visitor(assertion(exp=int(time.time()) - 4), key, ISSUER, AUDIENCES["chat.example.com"], 10) == EMAIL
    assert refusal(assertion(iat=int(time.time()) + 60)) == "not yet valid"


def test_a_signature_of_somebody_else_under_our_key_s_name_is_refused() -> None:
    assert refusal(assertion(signed_by="other")) == "signature does not match"


def test_a_changed_claim_breaks_the_signature() -> None:
    head, _, signature = assertion().split(".")
    assert refusal(f"{head}.{b64(claims(email='thief@example.com'))}.{signature}") == "signature does not match"


def test_no_algorithm_is_taken_but_the_one_of_the_team() -> None:
    public = private_key("first").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = f"{b64({'alg': 'none', 'kid': 'first'})}.{b64(claims())}."
    # The public key as the secret of an HMAC: verifiers that let the token choose the algorithm take it.
    signed = f"{b64({'alg': 'HS256', 'kid': 'first'})}.{b64(claims())}"
    confused = f"{signed}.{b64(hmac.digest(public, signed.encode(), 'sha256'))}"
    other = jwt.encode(claims(), private_key("first"), algorithm="RS512", headers={"kid": "first"})
    assert {refusal(token) for token in (unsigned, confused, other)} == {"unreadable"}


def test_a_mail_address_that_no_header_can_hold_is_not_passed_on() -> None:
    async def story(scene: Scene) -> None:
        for email in ("a\r\nX-Admin: 1@example.com", "", "ü@example.com", "a b@example.com", 5, ["a@example.com"]):
            assert await scene.answer(assertion(email=email)) == (204, None)

    played(story)


@given(st.one_of(st.text(), st.binary().map(b64), st.lists(st.binary().map(b64), min_size=3, max_size=3).map(".".join)))
def test_garbage_is_refused_and_nothing_else_happens(token: str) -> None:
    assert refusal(token) in ("missing", "unreadable")


HEADS = st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "jku", "b64"]), st.one_of(
    st.none(), st.booleans(), st.integers(), st.sampled_from(["RS256", "none", "first", "HS256"]), st.text(),
    st.lists(st.text(), max_size=2), st.dictionaries(st.text(), st.text(), max_size=2),
))  # fmt: skip


@given(HEADS, st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["exp", "iat", "iss", "aud", "x"]), inner)))  # fmt: skip
def test_a_well_formed_stranger_is_refused_whatever_it_says(head: dict[str, Any], body: Any) -> None:
    assert refusal(f"{b64(head)}.{b64(json.dumps(body).encode())}.{b64(b'signature')}")


TIMES = st.one_of(st.text(), st.booleans(), st.floats(), st.lists(st.integers()), st.integers(min_value=2**70))


@given(st.sampled_from(["exp", "iat", "nbf"]), TIMES)
def test_times_that_are_no_times_are_no_error(claim: str, value: Any) -> None:
    token = assertion(**{claim: value})
    try:
        visitor(token, private_key("first").public_key(), ISSUER, AUDIENCES["chat.example.com"], 10)
    except Refused as refused:
        assert refused.reason
