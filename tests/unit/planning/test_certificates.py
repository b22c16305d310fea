"""Clients verify what is certified, and say so in no other case."""

from __future__ import annotations

from typing import Any

from planning.build import build
from planning.plan import Plan
from settings.load import load

LOCAL = {"kind": "local", "address": "Brain.Local", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
MAC = {
    "kind": "mac", "address": "10.0.0.12", "cpus": 8, "memory_gb": 64, "disk_gb": 500,
    "ssh": {"user": "admin", "identity_file": "key", "known_hosts_file": "known"},
}  # fmt: skip
ADDRESS = "/run/secrets/environment.MLFLOW_BACKEND_STORE_URI"


def planned(postgres: dict[str, Any]) -> Plan:
    services = {"postgres": postgres, "s3": {"host": "local"}, "mlflow": {"host": "local"}}
    return build(load("test", {"hosts": {"local": LOCAL, "mini": MAC}, "services": services}, "x.yaml"), {})


def files(plan: Plan, service: str) -> dict[str, str]:
    container = plan.service(service).container
    assert container
    return {file.path: file.template for file in container.files}


def test_a_client_of_a_certified_server_verifies_its_name_and_its_authority() -> None:
    plan = planned({"host": "local"})
    assert files(plan, "mlflow")[ADDRESS].endswith("/mlflow?sslmode=verify-full&sslrootcert=/run/secrets/authority.pem")
    assert files(plan, "mlflow")["/run/secrets/authority.pem"] == "${authority.certificate}"
    assert files(plan, "postgres")["/run/secrets/certificate.key"] == "${certificate.postgres.key}"


def test_names_are_lower_case_and_none_stands_twice() -> None:
    names = planned({"host": "local"}).service("postgres").certificate_names
    assert "brain.local" in names and len(names) == len(set(names))


def test_a_native_server_is_verified_as_one_in_a_container_and_has_no_containers_name() -> None:
    plan = planned({"kind": "postgres-native", "host": "mini"})
    names = plan.service("postgres").certificate_names
    assert names == ("postgres", "localhost", "127.0.0.1", "host.docker.internal", "10.0.0.12")
    address = files(plan, "mlflow")[ADDRESS]
    assert address.endswith("@10.0.0.12:5432/mlflow?sslmode=verify-full&sslrootcert=/run/secrets/authority.pem")
    assert files(plan, "mlflow")["/run/secrets/authority.pem"] == "${authority.certificate}"


def test_a_server_lets_nobody_in_from_outside_without_tls() -> None:
    lines = files(planned({"host": "local"}), "postgres")["/run/secrets/pg_hba.conf"].splitlines()
    assert [line for line in lines if line.startswith("host ")] == ["host all all 127.0.0.1/32 scram-sha-256"]
    assert lines[-1] == "hostssl all all all scram-sha-256"
