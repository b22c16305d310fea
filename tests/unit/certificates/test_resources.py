"""The two resources: checked, made, compared, renewed in place, read, removed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from providers.certificates.plugin.authority_resource import AuthorityResource
from providers.certificates.plugin.certificate_resource import CertificateResource
from providers.certificates.plugin.lifespan import renewal
from providers.certificates.plugin.names import name_failures
from providers.certificates.plugin.provider import CertificatesProvider
from providers.common.errors import PluginError
from providers.common.resource import Call
from providers.common.schema import with_defaults
from providers.common.secrets import plain
from providers.common.values import UNKNOWN, Properties, Secret

CALL = Call("urn:pulumi:dev::ai-platform::certificates:index:Certificate::postgres")
START = datetime(2026, 3, 1, tzinfo=UTC)


class World:
    """Both resources at a time of day that the test moves."""

    def __init__(self) -> None:
        self.now = START
        resources = CertificatesProvider(lambda: self.now).resources
        self.authority = resources[AuthorityResource.token]
        self.certificate = resources[CertificateResource.token]

    def authority_inputs(self, **given: Any) -> Properties:
        return with_defaults({"commonName": "ai-platform dev", **given}, self.authority.fields)

    def certificate_inputs(self, authority: Properties, *names: str, **given: Any) -> Properties:
        inputs = {
            "authorityCertificatePem": authority["certificatePem"],
            "authorityPrivateKeyPem": plain(authority["privateKeyPem"]),
            "names": list(names),
            **given,
        }
        return with_defaults(inputs, self.certificate.fields)

    def changed(self, state: Properties, inputs: Properties) -> set[tuple[str, bool]]:
        resource = self.certificate if "names" in inputs else self.authority
        return {(change.path, change.replaces) for change in resource.changes(plain(state), inputs, [])}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def authority(world: World) -> Properties:
    return world.authority.create(world.authority_inputs(), CALL).state


def test_keys_are_secret_and_nothing_else_is(world: World, authority: Properties) -> None:
    leaf = world.certificate.create(world.certificate_inputs(authority, "postgres"), CALL).state
    for state in (authority, leaf):
        assert [name for name, value in state.items() if isinstance(value, Secret)] == ["privateKeyPem"]
        assert "PRIVATE" not in repr({name: state[name] for name in ("certificatePem", "privateKeyPem", "expires")})


def test_unchanged_inputs_are_no_change_until_the_last_days(world: World, authority: Properties) -> None:
    inputs = world.certificate_inputs(authority, "postgres", "10.0.0.5")
    leaf = world.certificate.create(inputs, CALL).state
    assert not world.changed(leaf, inputs)
    world.now = START + timedelta(days=335)
    assert not world.changed(leaf, inputs)
    world.now += timedelta(seconds=1)
    assert world.changed(leaf, inputs) == {("expires", False)}
    assert not world.changed(world.certificate.update("1", plain(leaf), inputs, CALL), inputs)


@given(days=st.integers(2, 4000), renew=st.integers(1, 4000), passed=st.integers(-10, 5000), second=st.integers(-1, 1))
def test_renewal_is_due_when_less_than_its_days_are_left(days: int, renew: int, passed: int, second: int) -> None:
    expires = START + timedelta(days=days)
    now = START + timedelta(days=passed, seconds=second)
    due = renewal({"expires": expires.isoformat()}, {"renewDays": renew}, now)
    assert bool(due) == ((expires - now).total_seconds() < renew * 86400)


def test_other_names_and_another_authority_issue_anew_in_place_with_another_key(
    world: World, authority: Properties
) -> None:
    inputs = world.certificate_inputs(authority, "postgres")
    leaf = world.certificate.create(inputs, CALL).state
    wider = world.certificate_inputs(authority, "postgres", "db.internal")
    assert world.changed(leaf, wider) == {("names", False)}
    issued = world.certificate.update("1", plain(leaf), wider, CALL)
    assert plain(issued["privateKeyPem"]) != plain(leaf["privateKeyPem"])
    certificate = x509.load_pem_x509_certificate(issued["certificatePem"].encode())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["postgres", "db.internal"]


def test_the_authority_keeps_its_key_over_every_change(world: World, authority: Properties) -> None:
    world.now = START + timedelta(days=3650 - 730, seconds=1)
    for inputs, path in (
        (world.authority_inputs(), "expires"),
        (world.authority_inputs(commonName="another"), "commonName"),
        (world.authority_inputs(days=4000), "days"),
    ):
        assert world.changed(authority, inputs) == {(path, False)}
        renewed = world.authority.update("1", plain(authority), inputs, CALL)
        assert renewed["privateKeyPem"] == authority["privateKeyPem"]
        assert renewed["certificatePem"] != authority["certificatePem"]


def test_a_preview_knows_no_more_than_it_can(world: World, authority: Properties) -> None:
    outputs = ("certificatePem", "privateKeyPem", "expires")
    planned = world.authority.planned(world.authority_inputs(), {})
    assert [planned[name] for name in outputs] == [UNKNOWN] * 3
    again = world.authority.planned(world.authority_inputs(), plain(authority))
    assert [again[name] for name in outputs] == [UNKNOWN, authority["privateKeyPem"], UNKNOWN]
    inputs = world.certificate_inputs(authority, "postgres")
    leaf = world.certificate.create(inputs, CALL).state
    assert [world.certificate.planned(inputs, plain(leaf))[name] for name in outputs] == [UNKNOWN] * 3


def test_an_authority_that_is_not_known_yet_is_a_change(world: World, authority: Properties) -> None:
    inputs = world.certificate_inputs(authority, "postgres")
    leaf = world.certificate.create(inputs, CALL).state
    assert world.changed(leaf, inputs | {"authorityCertificatePem": UNKNOWN}) == {("authorityCertificatePem", False)}


def test_a_refresh_finds_what_was_recorded_and_nothing_can_be_imported(world: World, authority: Properties) -> None:
    for resource in (world.authority, world.certificate):
        found = resource.read("1", plain(authority), CALL)
        assert found is not None and found.state == plain(authority)
        assert resource.read("1", {}, CALL) is None
        resource.delete("1", plain(authority), CALL)


def test_a_key_that_is_none_names_the_cure_and_not_the_key(world: World, authority: Properties) -> None:
    inputs = world.certificate_inputs(authority, "postgres") | {"authorityPrivateKeyPem": "hunter2"}
    with pytest.raises(PluginError, match="two outputs of one Authority") as caught:
        world.certificate.create(inputs, CALL)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"days": 0}, "days"),
        ({"days": 1.5}, "days"),
        ({"days": "365"}, "days"),
        ({"days": 30, "renewDays": 30}, "renewDays"),
        ({"commonName": ""}, "commonName"),
        ({"commonName": "x" * 65}, "commonName"),
    ],
)
def test_inputs_that_cannot_be_are_refused(world: World, given: dict[str, Any], path: str) -> None:
    found = list(world.authority.failures(world.authority_inputs(**given)))
    assert [failure.property for failure in found] == [path]


@pytest.mark.parametrize("name", ["Postgres", "a b", "-a", "a..b", "", "*", "a.*.b", "x" * 64, "10.0.0.5/24", "ä.de"])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert [failure.property for failure in name_failures(["postgres", name])] == ["names[1]"]


@pytest.mark.parametrize("name", ["postgres", "*.dev.internal", "fe80::1", "10.0.0.5", "studio.local", "a_b", UNKNOWN])
def test_names_and_addresses_pass(name: Any) -> None:
    assert not list(name_failures([name]))


def test_a_certificate_without_names_is_refused() -> None:
    assert [failure.property for failure in name_failures([])] == ["names"]
