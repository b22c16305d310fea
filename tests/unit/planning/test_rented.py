"""Rented machines: shown to nobody, given their cards, alone in their stack."""

from __future__ import annotations

import pytest

from planning.firewall import rules
from settings.problem import SettingsError

from .conftest import LOCAL, RENTED, Planner

INFERENCE = {"ollama": {"host": "gpu", "models": ["llama3.1:8b"]}}
TRAINING = {name: {"host": "gpu"} for name in ("postgres", "s3", "mlflow")}


def test_services_of_a_rented_machine_listen_on_its_loopback_and_nobody_may_come_in(planned: Planner) -> None:
    plan = planned(hosts={"gpu": RENTED}, services=INFERENCE)
    container = plan.service("ollama").container
    assert plan.rented
    assert container
    assert container.publish_address == "127.0.0.1"
    assert [rule.sources for rule in rules(plan, "gpu")] == [()]


def test_its_endpoints_carry_its_name_since_its_address_is_another_one_after_every_start(planned: Planner) -> None:
    plan = planned(hosts={"gpu": RENTED}, services=INFERENCE)
    assert [endpoint["url"] for endpoint in plan.endpoints] == ["http://gpu:11434"]


def test_ollama_gets_the_cards_of_a_rented_machine_and_no_other_service_does(planned: Planner) -> None:
    plan = planned(hosts={"gpu": RENTED}, services={**INFERENCE, **TRAINING})
    assert {one.name for one in plan.services if one.container and one.container.gpus} == {"ollama"}
    assert not planned(services={"ollama": {"host": "local"}}).services[0].container.gpus  # type: ignore[union-attr]


def test_whatever_port_a_forward_ends_at_mlflow_answers_there(planned: Planner) -> None:
    container = planned(hosts={"gpu": RENTED}, services=TRAINING).service("mlflow").container
    assert container
    (allowed,) = [one for one in container.environment if one.startswith("MLFLOW_SERVER_ALLOWED_HOSTS=")]
    assert "127.0.0.1:*" in allowed


def test_no_service_needs_one_on_another_rented_machine(planned: Planner) -> None:
    with pytest.raises(SettingsError, match="place both on one host"):
        planned(
            hosts={"gpu": RENTED, "other": RENTED},
            services={**TRAINING, "mlflow": {"host": "other"}},
        )


def test_a_stack_with_other_hosts_rents_nothing(planned: Planner) -> None:
    with pytest.raises(SettingsError) as refused:
        planned(hosts={"local": LOCAL, "inference": RENTED})
    assert "rents all of its machines or none, and this one has local" in str(refused.value)
    assert "Pulumi.test-inference.yaml" in str(refused.value)
