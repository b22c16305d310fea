"""A request is held against name, rules, rates and login, in this order, and only then goes to a tunnel."""

from __future__ import annotations

import pytest

from simulators.cloudflare import records
from simulators.cloudflare.edge.exchange import to_origin
from tests.unit.simulators.edge.zone import Visits, Zone, parameter

CHAT = "https://chat.dev.test"
LIMIT = {"characteristics": ["cf.colo.id", "ip.src"], "period": 10, "requests_per_period": 2}


def test_a_name_leads_only_where_its_proxied_record_says(zone: Zone, visits: Visits) -> None:
    assert visits.reply(CHAT).status == 409
    tunnel = zone.tunnel()
    zone.lead("chat.dev.test", tunnel)
    assert visits.passed("https://CHAT.dev.test:8443/").tunnel == tunnel
    record = zone.service.account.all(records.KIND)[0]
    zone.call("PUT", f"dns_records/{record['id']}", {**record, "content": f"{'0' * 8}.cfargotunnel.com"})
    assert visits.reply(CHAT).status == 530
    zone.call("PUT", f"dns_records/{record['id']}", {**record, "proxied": False})
    assert visits.reply(CHAT).status == 409


def test_rules_come_before_rates_and_rates_before_the_login(zone: Zone, visits: Visits) -> None:
    zone.lead("chat.dev.test", zone.tunnel())
    zone.login("chat.dev.test")
    zone.ruleset("http_request_firewall_custom", 'http.request.method in {"DELETE"}')
    zone.ruleset("http_ratelimit", 'http.host eq "chat.dev.test"', ratelimit=LIMIT)
    assert [visits.reply(CHAT, "DELETE").status for _ in range(5)] == [403] * 5
    assert [visits.reply(CHAT).status for _ in range(3)] == [302, 302, 429]
    assert visits.reply(CHAT).headers["Retry-After"] in {"9", "10"}
    assert visits.reply(CHAT, address="192.0.2.8").status == 302


def test_without_a_session_a_visitor_is_sent_to_the_team_and_told_the_way_back(zone: Zone, visits: Visits) -> None:
    zone.lead("chat.dev.test", zone.tunnel())
    aud = zone.login("chat.dev.test")["aud"]
    sent = visits.reply(f"{CHAT}:8443/c/1?q=a%26b")
    assert sent.status == 302
    assert sent.headers["Location"].startswith(
        "https://dev.cloudflareaccess.com:8443/cdn-cgi/access/login/chat.dev.test?"
    )
    assert (parameter(sent, "redirect_url"), parameter(sent, "kid")) == ("/c/1?q=a%26b", aud)


def test_an_application_of_a_path_guards_what_is_below_it(zone: Zone, visits: Visits) -> None:
    zone.lead("chat.dev.test", zone.tunnel())
    zone.login("chat.dev.test/admin")
    assert visits.reply(f"{CHAT}/admin/users").status == visits.reply(f"{CHAT}/admin").status == 302
    assert visits.passed(f"{CHAT}/administration")


def test_an_address_may_be_let_through_without_a_login(zone: Zone, visits: Visits) -> None:
    zone.lead("chat.dev.test", zone.tunnel())
    zone.login("chat.dev.test", zone.policy({"ip": {"ip": "192.0.2.0/24"}}, decision="bypass"))
    assert visits.passed(CHAT).headers == {}
    assert visits.reply(CHAT, address="198.51.100.1").status == 302


@pytest.mark.parametrize(
    "forged",
    ["Cf-Access-Jwt-Assertion", "CF-ACCESS-AUTHENTICATED-USER-EMAIL", "Cf-Connecting-Ip", "CF-Access-Client-Secret"],
)
def test_what_only_the_edge_may_say_is_taken_from_a_visitor(forged: str) -> None:
    told = to_origin([(forged, "forged"), ("X-Forwarded-For", "10.0.0.1"), ("Accept", "*/*")], {}, "192.0.2.7")
    assert "forged" not in [value for _, value in told]
    assert ("Accept", "*/*") in told
    assert dict(told)["Cf-Connecting-Ip"] == "192.0.2.7"
    assert dict(told)["X-Forwarded-For"] == "10.0.0.1, 192.0.2.7"
