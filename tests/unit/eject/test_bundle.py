"""An ejected environment is whole, keeps names and data, and holds no secret unless that was asked for."""

from __future__ import annotations

import plistlib
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from eject.bundle import EjectedFile, bundle, wanted
from eject.variables import literal, quoted, referring, variable
from operations import eject
from operations.failure import Failure
from planning.build import build
from planning.connectors import without_simulated
from planning.plan import Plan
from settings.stack_file import read
from toolchain.places import ROOT

REFERENCE = re.compile(r"\$\{([A-Z0-9_]+):\?set it in \.env\}")


def plan_of(stack: str) -> Plan:
    return build(read(ROOT, stack).without_secrets(), {})


@pytest.fixture(scope="module", params=["dev", "prod"])
def plan(request: pytest.FixtureRequest) -> Plan:
    return plan_of(request.param)


def by_path(files: list[EjectedFile]) -> dict[str, EjectedFile]:
    found = {file.path: file for file in files}
    assert len(found) == len(files)
    return found


def composed(plan: Plan) -> dict[str, Any]:
    return {
        file.path.partition("/")[0]: yaml.safe_load(file.text)
        for file in bundle(plan)
        if file.path.endswith("compose.yaml")
    }


def test_every_container_is_in_the_file_of_its_host_under_its_own_name(plan: Plan) -> None:
    files = composed(plan)
    expected = {service.name for service in plan.services if service.container}
    assert {name for document in files.values() for name in document["services"]} == expected
    for host, document in files.items():
        for name, found in document["services"].items():
            assert plan.service(name).host == host
            assert found["container_name"] == f"ai-platform-{plan.name}-{name}"
            assert found["cap_drop"] == ["ALL"] and found["security_opt"] == ["no-new-privileges"]


def test_data_stays_in_the_volumes_where_it_is(plan: Plan) -> None:
    for document in composed(plan).values():
        for key, volume in document.get("volumes", {}).items():
            assert volume["name"] == f"ai-platform-{plan.name}-{key}"
            assert any(
                mount.startswith(f"{key}:") for one in document["services"].values() for mount in one.get("volumes", ())
            )


def test_what_a_service_takes_up_while_it_runs_lies_where_it_looks_from_the_start_on(plan: Plan) -> None:
    documents, seen = composed(plan), set()
    for service in plan.services:
        for file in service.container.live.files if service.container and service.container.live else ():
            document = documents[service.host]
            sources = {one["target"]: one["source"] for one in document["services"][service.name]["configs"]}
            text = document["configs"][sources[f"/live/current/{file.path}"]]["content"]
            assert text == referring(file.template)
            seen.add(file.path)
    assert seen == {"nginx.conf", "audiences.json"}


def test_containers_wait_for_what_stands_beside_them_only(plan: Plan) -> None:
    for document in composed(plan).values():
        for found in document["services"].values():
            assert set(found.get("depends_on", {})) <= document["services"].keys()


def test_what_is_referred_to_is_what_has_to_be_filled_in(plan: Plan) -> None:
    files = by_path(bundle(plan))
    asked = set(files[".env.example"].text.replace("=", "").split())
    referred = {name for file in files.values() for name in REFERENCE.findall(file.text)}
    assert referred <= asked == {variable(*name.split(".", 1)) for name in wanted(plan)}


def test_without_a_word_no_secret_is_written_and_with_one_to_a_private_file_only(plan: Plan) -> None:
    secrets = {name: f"canary-of-{name}" for name in wanted(plan)}
    assert ".env" not in by_path(bundle(plan))
    files = by_path(bundle(plan, secrets))
    holding = [path for path, file in files.items() if "canary" in file.text]
    assert holding == [".env"] and files[".env"].mode == 0o600
    assert all(f"canary-of-{name}" in files[".env"].text for name in secrets)


def test_texts_mean_in_compose_what_they_mean_in_the_plan() -> None:
    assert referring("a $$x ${password.open-webui}") == "a $$x ${PASSWORD_OPEN_WEBUI:?set it in .env}"
    assert literal('for f in *; do echo "$f"; done') == 'for f in *; do echo "$$f"; done'


def test_a_secret_that_no_line_can_hold_is_refused_by_its_name() -> None:
    assert quoted("a$b") == "'a$b'"
    plan = plan_of("dev")
    with pytest.raises(ValueError, match=r"^password.redis holds a quote") as refused:
        bundle(plan, {"password.redis": "a'b-canary"})
    assert "canary" not in str(refused.value)


def test_machines_have_their_script_and_their_files() -> None:
    files = by_path(bundle(plan_of("prod")))
    done = subprocess.run(["sh", "-n"], input=files["muscle/setup.sh"].text, text=True, check=False)
    assert done.returncode == 0 and files["muscle/setup.sh"].mode == 0o755
    plist = plistlib.loads(files["muscle/launchd/ai-platform.ollama.plist"].text.encode())
    assert plist["Label"] == "ai-platform.ollama"
    assert "[Service]" in files["gate/systemd/ai-platform-firewall.service"].text


def test_the_tunnel_ends_with_the_refusal_of_every_other_name() -> None:
    files = by_path(bundle(plan_of("prod")))
    rules = yaml.safe_load(files["tunnel/config.yml"].text)["ingress"]
    assert [rule.get("hostname") for rule in rules][-1] is None
    assert rules[-1] == {"service": "http_status:404"} and len(rules) == 4
    dev = by_path(bundle(without_simulated(plan_of("dev"))))
    assert "tunnel/config.yml" not in dev
    assert "cloudflared" not in dev["local/compose.yaml"].text


def test_databases_are_made_with_passwords_that_stand_in_no_file() -> None:
    sql = by_path(bundle(plan_of("dev")))["databases/postgres.sql"].text
    assert sql.count("\\unset secret\n\\getenv secret PASSWORD_") == sql.count("ALTER ROLE") == 3
    assert sql.count("PASSWORD :'secret'") == 3


def test_the_guide_names_every_step(plan: Plan) -> None:
    text = by_path(bundle(plan))["README.md"].text
    hosts = composed(plan)
    assert all(f"--file {host}/compose.yaml" in text for host in hosts)
    assert "scripts/" not in text and "pulumi" not in text.lower()


def test_files_get_their_modes_and_a_folder_with_something_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    eject.eject("prod", folder, with_secrets=False)
    assert stat.S_IMODE((folder / "muscle" / "setup.sh").stat().st_mode) & 0o100
    assert (folder / "images" / "inference" / "Dockerfile").is_file()
    assert subprocess.run(["sh", "-n", str(folder / "images" / "build.sh")], check=False).returncode == 0
    with pytest.raises(Failure, match="holds something"):
        eject.eject("prod", folder, with_secrets=False)


def test_secrets_of_an_environment_that_was_never_up_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.outputs.STATE", tmp_path)
    with pytest.raises(Failure, match="has no outputs here"):
        eject.eject("dev", tmp_path / "out", with_secrets=True)
    assert not (tmp_path / "out").exists()
