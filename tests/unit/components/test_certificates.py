"""An authority where something needs one, and none elsewhere."""

from __future__ import annotations

from components.certificates import certificates

from .conftest import Planner
from .engine import run, settled


def test_an_environment_without_certified_services_starts_no_provider(planned: Planner) -> None:
    plan = planned(services={"redis": {"host": "local"}})
    assert run(lambda: certificates(plan)).made == []


def test_a_server_is_certified_for_every_name_that_it_is_reached_by(planned: Planner) -> None:
    plan = planned(services={"store": {"kind": "postgres", "host": "local"}})
    (issued,) = run(lambda: certificates(plan)).of_kind(":Certificate")
    assert issued.name == "authority-store"
    names = ["store", "ai-platform-test-store", "localhost", "127.0.0.1", "host.docker.internal", "10.0.0.11"]
    assert issued.inputs["names"] == names
    assert issued.is_secret("authorityPrivateKeyPem")


def test_the_key_is_secret_and_what_clients_trust_is_not(planned: Planner) -> None:
    plan = planned(services={"postgres": {"host": "local"}})
    assert settled(lambda: certificates(plan)["certificate.postgres.key"])[1]
    assert settled(lambda: certificates(plan)["authority.certificate"]) == ("certificate of authority", False)
