"""Names and values between Pulumi's spelling and Cloudflare's."""

import pytest

from simulators.plugins.cloudflare.wire import as_declared, camel, from_wire, snake, to_wire


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("sessionDuration", "session_duration"),
        ("includes", "include"),
        ("serviceAuth401Redirect", "service_auth_401_redirect"),
        ("ttl", "ttl"),
    ],
)
def test_names_are_spelt_as_the_api_does(ours: str, theirs: str) -> None:
    assert snake(ours) == theirs


def test_a_tunnels_configuration_is_spelt_as_cloudflared_does() -> None:
    ours = {"ingresses": [{"service": "http://a", "originRequest": {"noTlsVerify": True, "http2Origin": None}}]}
    assert to_wire(ours, camel) == {"ingress": [{"service": "http://a", "originRequest": {"noTLSVerify": True}}]}


def test_what_the_api_adds_is_no_drift_but_what_it_changes_is() -> None:
    declared = {"rules": [{"action": "block", "ref": "kept"}]}
    told = {"rules": [{"action": "log", "id": "1", "version": "2"}]}
    assert as_declared(declared, told, snake) == {"rules": [{"action": "log", "ref": "kept"}]}


def test_a_list_of_another_length_is_taken_over_whole() -> None:
    assert as_declared({"tags": ["a"]}, {"tags": ["a", "b"]}, snake) == {"tags": ["a", "b"]}
    assert from_wire({"created_on": [{"auto_added": True}]}) == {"createdOn": [{"autoAdded": True}]}
