"""What a newcomer runs first, on a machine without accounts, keys, hosts or Docker."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.engine.checkout import Checkout
from toolchain.places import ROOT

NO_DOCKER = {"DOCKER_HOST": "unix:///nonexistent/docker.sock"}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path / "checkout", stack="prod")
    for file in ROOT.glob("Pulumi.*.yaml"):
        shutil.copy(file, made.root)
    return made


def test_production_is_previewed_without_hosts_docker_or_secrets(checkout: Checkout) -> None:
    before = (checkout.root / "Pulumi.prod.yaml").read_bytes()
    said = checkout.run("preview", "-s", "prod", variables=NO_DOCKER)
    assert "placeholders stand for: secrets.cloudflare-api-token" in said
    assert "to create" in said.rpartition("Resources:")[2]
    assert (checkout.root / "Pulumi.prod.yaml").read_bytes() == before
    backend = checkout.root / ".state" / "backend" / ".pulumi" / "stacks"
    assert not list(backend.rglob("prod.json*"))


@pytest.mark.parametrize("stack", ["dev", "prod", "prod-inference", "prod-training", "dev-inference"])
def test_every_example_fits_and_has_a_price(checkout: Checkout, stack: str) -> None:
    said = json.loads(checkout.run("check", "-s", stack, "--json", variables=NO_DOCKER))
    assert {row["status"] for row in said["fit"]} <= {"OK", "TIGHT", "FULL"}
    assert {row["host"] for row in said["cost"]} == {row["host"] for row in said["fit"]}


def test_what_does_not_fit_is_refused_with_the_numbers(checkout: Checkout) -> None:
    file = checkout.root / "Pulumi.prod-inference.yaml"
    file.write_text(file.read_text().replace("disk_gb: 100", "disk_gb: 70").replace("vram_gb: 24", "vram_gb: 16"))
    said = checkout.run("check", "-s", "prod-inference", code=2, variables=NO_DOCKER)
    assert "TensorDock rents no disk under 100 GB" in said
    assert "20.5 GB are needed, 4.5 GB more than there is" in said


@pytest.mark.parametrize("stack", ["prod-inference", "dev-inference"])
def test_a_rented_machine_is_previewed_without_an_account(checkout: Checkout, stack: str) -> None:
    said = checkout.run("preview", "-s", stack, variables=NO_DOCKER)
    assert "tensordock:index:Instance inference create" in said


def test_without_a_token_nothing_is_begun_and_where_it_belongs_is_named(checkout: Checkout) -> None:
    said = checkout.run("up", "-s", "prod-inference", code=1, variables={**NO_DOCKER, "TENSORDOCK_API_TOKEN": ""})
    assert "TENSORDOCK_API_TOKEN" in said
    assert "config set --secret tensordock:apiToken" in said
    assert "Docker engine" not in said


def test_a_new_environment_starts_from_the_example_and_asks_for_nothing_without_a_terminal(checkout: Checkout) -> None:
    assert "made Pulumi.office.yaml" in checkout.run("init", "office")
    said = checkout.run("init", "office", code=2)
    assert "secrets.cloudflare-api-token is not set, and there is no terminal to ask on" in said
    assert "scripts/pulumi config set -s office --secret" in said


def test_up_of_a_stack_without_a_file_names_the_next_command(checkout: Checkout) -> None:
    assert "scripts/init nowhere" in checkout.run("up", "-s", "nowhere", code=2)
