"""The Cloudflare stand-in on the real engine, against a small API of the tests."""

from collections.abc import Iterator

import pytest

from simulators.cloudflare import access, records, rulesets, tunnels
from simulators.cloudflare.account import ACCOUNT, ZONE
from simulators.cloudflare.faults import Fault
from simulators.cloudflare.server import serving
from simulators.cloudflare.service import TOKEN, Service
from tests.engine.conftest import Engine

PROGRAM = f"""
    import pulumi
    import pulumi_cloudflare as cf

    account, zone = "{ACCOUNT}", "{ZONE}"
    tunnel = cf.ZeroTrustTunnelCloudflared("tunnel", account_id=account, name="tunnel", config_src="cloudflare")
    cf.ZeroTrustTunnelCloudflaredConfig("config", account_id=account, tunnel_id=tunnel.id, config={{{{
        "ingresses": [
            {{{{"hostname": "chat.dev.test", "service": "http://open-webui:8080",
               "origin_request": {{{{"no_tls_verify": True}}}}}}}},
            {{{{"service": "http_status:404"}}}},
        ]}}}})
    cf.DnsRecord("record", zone_id=zone, name="chat.dev.test", type="CNAME", ttl={{ttl}}, proxied=True,
        content=tunnel.id.apply(lambda id: id + ".cfargotunnel.com"), comment="{{comment}}")
    policy = cf.ZeroTrustAccessPolicy("policy", account_id=account, name="people", decision="allow",
        includes=[{{{{"email_domain": {{{{"domain": "example.org"}}}}}}}}])
    cf.ZeroTrustAccessApplication("application", account_id=account, name="chat", domain="chat.dev.test",
        type="self_hosted", service_auth401_redirect=True, policies=[{{{{"id": policy.id, "precedence": 1}}}}])
    token = cf.ZeroTrustAccessServiceToken("token", account_id=account, name="probe")
    cf.Ruleset("limit", zone_id=zone, kind="zone", phase="http_ratelimit", name="limit", rules=[{{{{
        "action": "block", "expression": "true", "ratelimit": {{{{
            "characteristics": ["cf.colo.id", "ip.src"], "period": 10, "requests_per_period": 5}}}}}}}}])
    told = cf.get_zero_trust_tunnel_cloudflared_token_output(account_id=account, tunnel_id=tunnel.id).token
    pulumi.export("tunnel_token", pulumi.Output.secret(told))
    pulumi.export("client_secret", token.client_secret)
"""


@pytest.fixture
def api(engine: Engine) -> Iterator[Service]:
    service = Service()
    with serving(service) as url:
        engine.environment["CLOUDFLARE_BASE_URL"] = url
        engine.environment["CLOUDFLARE_API_TOKEN"] = TOKEN
        yield service


def declare(engine: Engine, ttl: int = 1, comment: str = "one") -> None:
    engine.program(PROGRAM.format(ttl=ttl, comment=comment))


def test_everything_is_made_read_back_without_drift_and_removed(engine: Engine, api: Service) -> None:
    declare(engine)
    engine.up()
    account = api.account
    (tunnel,), (token,) = account.all(tunnels.KIND), account.all(access.TOKENS)
    secret = account.secrets[token["id"]]
    assert engine.outputs() == {"tunnel_token": tunnels.token(account, tunnel["id"]), "client_secret": secret}
    assert account.configurations[tunnel["id"]]["config"] == {
        "ingress": [
            {
                "hostname": "chat.dev.test",
                "service": "http://open-webui:8080",
                "originRequest": {"noTLSVerify": True},
            },
            {"service": "http_status:404"},
        ]
    }
    assert account.all(rulesets.KIND)[0]["rules"][0]["ratelimit"]["requests_per_period"] == 5
    assert account.all(access.APPLICATIONS)[0]["service_auth_401_redirect"] is True
    assert secret not in str(engine.resources())
    engine.preview("--expect-no-changes")
    engine.refresh()
    engine.preview("--expect-no-changes")
    assert engine.outputs()["client_secret"] == secret
    engine.destroy()
    assert not any(account.kinds.values())


def test_a_change_is_put_in_place_and_a_foreign_change_is_seen(engine: Engine, api: Service) -> None:
    declare(engine)
    engine.up()
    declare(engine, comment="two")
    engine.up()
    (record,) = api.account.all(records.KIND)
    assert record["comment"] == "two"
    assert [entry.method for entry in api.entries if record["id"] in entry.path] == ["PUT"]
    record["comment"] = "by another hand"
    assert "by another hand" in engine.preview("--refresh")
    api.account.remove(records.KIND, record["id"])
    assert "1 to create" in engine.preview("--refresh")


def test_faults_are_retried_unless_the_api_says_otherwise(engine: Engine, api: Service) -> None:
    declare(engine)
    api.faults = [Fault(kind="error", status=429, retried=True), Fault(kind="error", status=500, retried=True)]
    engine.up()
    api.faults = [Fault(kind="error", status=409, code=1409, message="refused")]
    declare(engine, comment="two")
    assert "1409: refused" in engine.up(check=False)


def test_a_proxied_record_with_a_time_to_live_and_a_bad_token_are_refused_before_any_call(
    engine: Engine, api: Service
) -> None:
    declare(engine, ttl=300)
    assert "must be 1 (automatic) for a proxied record" in engine.preview(check=False)
    engine.environment["CLOUDFLARE_API_TOKEN"] = "short"
    declare(engine)
    said = engine.preview(check=False)
    assert "must be 40 to 80 characters" in said
    assert "short" not in said
    assert api.entries == []
