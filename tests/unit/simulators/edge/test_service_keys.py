"""Programs come in with a service token: the present secret, or the one before as long as it is kept."""

from __future__ import annotations

import datetime
from typing import Any

import jwt
import pytest

from simulators.cloudflare import access
from tests.unit.simulators.edge.zone import OWNER, Visits, Zone

API = "https://api.dev.test/v1"


@pytest.fixture
def key(zone: Zone) -> dict[str, Any]:
    """Opens api.dev.test beside the owner, and programs are told 401."""
    made = zone.key()
    zone.lead("api.dev.test", zone.tunnel())
    programs = zone.policy({"service_token": {"token_id": made["id"]}}, decision="non_identity")
    zone.login("api.dev.test", zone.policy(OWNER), programs, service_auth_401_redirect=True)
    return made


def shown(key: dict[str, Any], secret: str | None = None) -> dict[str, str]:
    return {"cf-access-client-id": key["client_id"], "cf-access-client-secret": secret or key["client_secret"]}


def in_seconds(number: int) -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=number)).isoformat()


def test_a_valid_key_passes_and_the_origin_is_told_which(key: dict[str, Any], visits: Visits) -> None:
    passed = visits.passed(API, headers=shown(key))
    told = jwt.decode(passed.headers["Cf-Access-Jwt-Assertion"], options={"verify_signature": False})
    assert told["common_name"] == key["client_id"]
    assert "email" not in told


def test_programs_that_are_refused_are_told_so_and_people_are_sent_to_the_login(
    key: dict[str, Any], visits: Visits
) -> None:
    assert visits.reply(API, headers=shown(key, "wrong")).status == 401
    assert visits.reply(API, headers={"cf-access-client-id": key["client_id"]}).status == 401
    assert visits.reply(API).status == 302


def test_without_that_setting_programs_are_sent_to_the_login_too(zone: Zone, visits: Visits) -> None:
    zone.lead("chat.dev.test", zone.tunnel())
    zone.login("chat.dev.test")
    assert visits.reply("https://chat.dev.test", headers=shown(zone.key())).status == 302


def test_keys_of_others_revoked_disabled_and_ended_ones_open_nothing(
    key: dict[str, Any], zone: Zone, visits: Visits
) -> None:
    assert visits.reply(API, headers=shown(zone.key())).status == 401
    stored = zone.service.account.one(access.TOKENS, key["id"])
    zone.call("PUT", f"access/service_tokens/{key['id']}", {"enabled": False})
    assert visits.reply(API, headers=shown(key)).status == 401
    zone.call("PUT", f"access/service_tokens/{key['id']}", {"enabled": True})
    assert visits.passed(API, headers=shown(key))
    stored["expires_at"] = in_seconds(-1)
    assert visits.reply(API, headers=shown(key)).status == 401
    stored["expires_at"] = in_seconds(60)
    zone.call("DELETE", f"access/service_tokens/{key['id']}")
    assert visits.reply(API, headers=shown(key)).status == 401


def test_a_key_ends_after_its_duration(zone: Zone) -> None:
    ends = datetime.datetime.fromisoformat(zone.key(duration="2h")["expires_at"])
    assert 7000 < (ends - datetime.datetime.now(datetime.UTC)).total_seconds() <= 7200


@pytest.mark.parametrize(("kept", "status"), [(60, None), (-60, 401)])
def test_the_secret_before_works_as_long_as_it_is_kept(
    key: dict[str, Any], zone: Zone, visits: Visits, kept: int, status: int | None
) -> None:
    body = {"client_secret_version": 2, "previous_client_secret_expires_at": in_seconds(kept)}
    new = zone.call("PUT", f"access/service_tokens/{key['id']}", body)["client_secret"]
    assert visits.passed(API, headers=shown(key, new))
    assert getattr(visits.ask(API, headers=shown(key)), "status", None) == status
