"""Who may reach which port of a host."""

from __future__ import annotations

import pytest

from planning.firewall import Rule, rules
from settings.load import load
from tests.unit.planning.conftest import MAC, Planner

HOSTS = {"mini": MAC, "other": {**MAC, "address": "198.51.100.7"}}


def test_a_service_is_open_to_the_environments_networks_and_hosts(planned: Planner) -> None:
    plan = planned(hosts=HOSTS, networks=["10.0.0.0/8"], services={"redis": {"host": "mini"}})
    assert rules(plan, "mini") == (Rule(service="redis", port=6379, sources=("10.0.0.0/8", "198.51.100.7/32")),)
    assert rules(plan, "other") == ()


def test_a_service_may_name_networks_of_its_own(planned: Planner) -> None:
    services = {"redis": {"host": "mini", "allow_from": ["192.0.2.0/24", "10.1.0.0/16"]}}
    plan = planned(hosts={"mini": MAC}, services=services)
    assert rules(plan, "mini")[0].sources == ("192.0.2.0/24", "10.1.0.0/16", "10.0.0.12/32")


def test_an_empty_list_leaves_only_the_hosts_themselves(planned: Planner) -> None:
    plan = planned(hosts={"mini": MAC}, services={"redis": {"host": "mini", "allow_from": []}})
    assert rules(plan, "mini")[0].sources == ("10.0.0.12/32",)


@pytest.mark.parametrize("network", ["10.0.0.1/8", "everybody", "10.0.0.0/33", ""])
def test_what_is_no_network_is_named_with_an_example(network: str) -> None:
    (problem,) = load("test", {"networks": [network]}, "Pulumi.test.yaml").problems
    assert problem.path == "networks.0"
    assert "10.0.0.0/8" in problem.cause
