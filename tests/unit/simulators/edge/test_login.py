"""People log in with a PIN from their mailbox; a session is of one application, ends in time, and can be ended."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.keys import KeyRing
from simulators.cloudflare.edge.session import Login
from simulators.cloudflare.service import Service
from tests.unit.simulators.edge.zone import OWNER, Visits, Zone, cookie, parameter

CHAT, API = "https://chat.dev.test", "https://api.dev.test"
TEAM = "https://dev.cloudflareaccess.com/cdn-cgi/access"
MAIL = {"email": "owner@dev.test"}


@pytest.fixture(autouse=True)
def names(zone: Zone) -> None:
    tunnel = zone.tunnel()
    for name in ("chat.dev.test", "api.dev.test"):
        zone.lead(name, tunnel)
        zone.login(name, zone.policy(OWNER, session_duration="30m"))


def claims(token: str) -> dict[str, Any]:
    read: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return read


def test_a_session_passes_its_own_application_and_tells_the_origin_who_asks(visits: Visits) -> None:
    session = visits.log_in(f"{CHAT}/c?a=b")
    passed = visits.passed(CHAT, headers={"cookie": f"x=1; {session}"})
    told = claims(passed.headers["Cf-Access-Jwt-Assertion"])
    assert told["email"] == passed.headers["Cf-Access-Authenticated-User-Email"] == "owner@dev.test"
    assert told["iss"] == "https://dev.cloudflareaccess.com"
    assert visits.reply(API, headers={"cookie": session}).status == 302


def test_the_pin_is_in_the_mailbox_alone_and_opens_once(visits: Visits) -> None:
    page = visits.reply(CHAT).headers["Location"]
    asks = visits.reply(page, "POST", form=MAIL)
    assert visits.pin().encode() not in asks.body
    right = {**MAIL, "code": visits.pin()}
    assert visits.reply(page, "POST", form=right).status == 302
    assert visits.reply(page, "POST", form=right).status == 400


def test_a_pin_ends_by_wrong_guesses_and_by_time(visits: Visits) -> None:
    page = visits.reply(CHAT).headers["Location"]
    visits.reply(page, "POST", form=MAIL)
    for _ in range(5):
        assert visits.reply(page, "POST", form={**MAIL, "code": "wrong"}).status == 400
    assert visits.reply(page, "POST", form={**MAIL, "code": visits.pin()}).status == 400
    visits.reply(page, "POST", form=MAIL)
    visits.edge.clock = lambda: time.time() + 601
    assert visits.reply(page, "POST", form={**MAIL, "code": visits.pin()}).status == 400


def test_addresses_that_no_policy_admits_are_sent_nothing(visits: Visits) -> None:
    page = visits.reply(CHAT).headers["Location"]
    refused = visits.reply(page, "POST", form={"email": "foe@elsewhere.test"})
    assert (refused.status, len(visits.edge.mailbox.mails)) == (403, 0)
    assert b"That account does not have access" in refused.body


def test_the_way_back_stays_on_the_host_and_is_gone_once(visits: Visits) -> None:
    for evil in ("//evil.test", "https://evil.test", "/\\evil.test"):
        page = visits.reply(CHAT).headers["Location"].partition("?")[0] + f"?redirect_url={evil}"
        visits.reply(page, "POST", form=MAIL)
        back = visits.reply(page, "POST", form={**MAIL, "code": visits.pin()}).headers["Location"]
        assert back.startswith(f"{CHAT}/cdn-cgi/access/authorized?")
        assert visits.reply(back).headers["Location"] == "/"
        assert visits.reply(back).headers["Location"].startswith(f"{TEAM}/login/")


def test_a_code_that_opens_nothing_leads_to_the_login_and_back_to_the_page(visits: Visits) -> None:
    wrong = visits.reply(f"{CHAT}/cdn-cgi/access/authorized?code=wrong&redirect_url=%2Fc%3Fa%3Db")
    assert parameter(wrong, "redirect_url") == "/c?a=b"
    assert visits.reply(f"{CHAT}/cdn-cgi/access/else").status == 404


def test_one_login_serves_every_application_that_admits_until_it_is_ended(visits: Visits) -> None:
    page = visits.reply(CHAT).headers["Location"]
    visits.reply(page, "POST", form=MAIL)
    entered = visits.reply(page, "POST", form={**MAIL, "code": visits.pin()})
    team, chat = cookie(entered), cookie(visits.reply(entered.headers["Location"]))
    second = visits.reply(visits.reply(API).headers["Location"], headers={"cookie": team})
    api = cookie(visits.reply(second.headers["Location"]))
    assert visits.passed(API, headers={"cookie": api})
    gone = visits.reply(f"{CHAT}/cdn-cgi/access/logout", headers={"cookie": chat})
    assert "Max-Age=0" in gone.headers["Set-Cookie"]
    for url, session in ((CHAT, chat), (API, api)):
        assert visits.reply(url, headers={"cookie": session}).status == 302
    assert visits.reply(page, headers={"cookie": team}).status == 200


def test_a_session_lasts_as_long_as_its_policy_says(visits: Visits) -> None:
    visits.edge.clock = lambda: time.time() - 1790
    session = visits.log_in(CHAT)
    told = claims(visits.passed(CHAT, headers={"cookie": session}).headers["Cf-Access-Jwt-Assertion"])
    assert told["exp"] - told["iat"] == 1800
    old = visits.edge.sessions.person(told["aud"][0], Login.of("owner@dev.test"), time.time() - 1801, 1800)
    assert visits.reply(CHAT, headers={"cookie": f"CF_Authorization={old}"}).status == 302


def test_the_cookie_is_hidden_from_scripts_and_from_plain_http(visits: Visits) -> None:
    page = visits.reply(CHAT).headers["Location"]
    visits.reply(page, "POST", form=MAIL)
    entered = visits.reply(page, "POST", form={**MAIL, "code": visits.pin()})
    for reply in (entered, visits.reply(entered.headers["Location"])):
        assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(reply.headers["Set-Cookie"].split("; "))


def test_a_rotated_key_is_good_as_long_as_it_is_published(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    visits = Visits(Edge(service.account, service.lock, keys=KeyRing(file)))
    before = visits.log_in(CHAT)
    visits.edge.keys.rotate(60)
    after = visits.log_in(CHAT)
    for session in (before, after):
        assert visits.passed(CHAT, headers={"cookie": session})
    assert file.stat().st_mode & 0o777 == 0o600
    again = Visits(Edge(service.account, service.lock, keys=KeyRing(file)))
    assert len(again.edge.keys.published()["keys"]) == 2
    assert again.passed(CHAT, headers={"cookie": before})
    again.edge.keys.rotate(0)
    assert again.reply(CHAT, headers={"cookie": before}).status == 302
    assert len(again.edge.keys.published()["keys"]) == 1


@pytest.mark.parametrize("token", ["", "x.y.z", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_no_session(visits: Visits, token: str) -> None:
    assert visits.reply(CHAT, headers={"cookie": f"CF_Authorization={token}"}).status == 302


def test_a_token_that_somebody_else_signed_is_no_session(service: Service, visits: Visits) -> None:
    forger = Visits(Edge(service.account, service.lock, keys=KeyRing()))
    session = forger.log_in(CHAT)
    assert visits.reply(CHAT, headers={"cookie": session}).status == 302
