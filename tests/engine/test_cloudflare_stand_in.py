"""The Cloudflare stand-in on the real engine, against a small API of the tests."""

from collections.abc import Iterator

import pytest

from tests.engine.cloudflare_api import TOKEN, TUNNEL_TOKEN, CloudflareApi, running_api
from tests.engine.conftest import Engine

ACCOUNT, ZONE = "a" * 32, "b" * 32
PROGRAM = f"""
    import pulumi
    import pulumi_cloudflare as cf

    account, zone = "{ACCOUNT}", "{ZONE}"
    tunnel = cf.ZeroTrustTunnelCloudflared("tunnel", account_id=account, name="tunnel", config_src="cloudflare")
    cf.ZeroTrustTunnelCloudflaredConfig("config", account_id=account, tunnel_id=tunnel.id, config={{{{
        "ingresses": [
            {{{{"hostname": "chat.example.org", "service": "http://open-webui:8080",
               "origin_request": {{{{"no_tls_verify": True}}}}}}}},
            {{{{"service": "http_status:404"}}}},
        ]}}}})
    cf.DnsRecord("record", zone_id=zone, name="chat.example.org", type="CNAME", ttl={{ttl}}, proxied=True,
        content=tunnel.id.apply(lambda id: id + ".cfargotunnel.com"), comment="{{comment}}")
    policy = cf.ZeroTrustAccessPolicy("policy", account_id=account, name="people", decision="allow",
        includes=[{{{{"email_domain": {{{{"domain": "example.org"}}}}}}}}])
    cf.ZeroTrustAccessApplication("application", account_id=account, name="chat", domain="chat.example.org",
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
def api(engine: Engine) -> Iterator[CloudflareApi]:
    with running_api() as running:
        engine.environment["CLOUDFLARE_BASE_URL"] = running.url
        engine.environment["CLOUDFLARE_API_TOKEN"] = TOKEN
        yield running


def declare(engine: Engine, ttl: int = 1, comment: str = "one") -> None:
    engine.program(PROGRAM.format(ttl=ttl, comment=comment))


def test_everything_is_made_read_back_without_drift_and_removed(engine: Engine, api: CloudflareApi) -> None:
    declare(engine)
    engine.up()
    assert engine.outputs() == {"tunnel_token": TUNNEL_TOKEN, "client_secret": "from-create"}
    stored = {path.split("/")[2]: thing for path, thing in api.things.items()}
    assert next(thing for path, thing in api.things.items() if path.endswith("/configurations")) == {
        "config": {
            "ingress": [
                {
                    "hostname": "chat.example.org",
                    "service": "http://open-webui:8080",
                    "originRequest": {"noTLSVerify": True},
                },
                {"service": "http_status:404"},
            ]
        }
    }
    assert stored["rulesets"]["rules"][0]["ratelimit"]["requests_per_period"] == 5
    applications = [thing for path, thing in api.things.items() if "access/apps" in path]
    assert applications[0]["service_auth_401_redirect"] is True
    assert "from-create" not in str(engine.resources())
    engine.preview("--expect-no-changes")
    engine.refresh()
    engine.preview("--expect-no-changes")
    assert engine.outputs()["client_secret"] == "from-create"
    engine.destroy()
    assert [path for path in api.things if not path.endswith("/configurations")] == []


def test_a_change_is_put_in_place_and_a_foreign_change_is_seen(engine: Engine, api: CloudflareApi) -> None:
    declare(engine)
    engine.up()
    declare(engine, comment="two")
    engine.up()
    path = next(path for path in api.things if "dns_records" in path)
    assert api.things[path]["comment"] == "two"
    assert f"PUT /{path}" in api.calls
    api.things[path]["comment"] = "by another hand"
    assert "by another hand" in engine.preview("--refresh")
    del api.things[path]
    assert "1 to create" in engine.preview("--refresh")


def test_faults_are_retried_unless_the_api_says_otherwise(engine: Engine, api: CloudflareApi) -> None:
    declare(engine)
    api.faults = [(429, {"Retry-After-Ms": "1"}), (500, {"Retry-After-Ms": "1"})]
    engine.up()
    api.faults = [(409, {"x-should-retry": "false"})]
    declare(engine, comment="two")
    assert "1409: refused" in engine.up(check=False)


def test_a_proxied_record_with_a_time_to_live_and_a_bad_token_are_refused_before_any_call(
    engine: Engine, api: CloudflareApi
) -> None:
    declare(engine, ttl=300)
    assert "must be 1 (automatic) for a proxied record" in engine.preview(check=False)
    engine.environment["CLOUDFLARE_API_TOKEN"] = "short"
    declare(engine)
    said = engine.preview(check=False)
    assert "must be 40 to 80 characters" in said
    assert "short" not in said
    assert api.calls == []
