"""The main job: one command brings the platform up, and it answers a real question from a real document."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from settings.simulated_edge import FOLDER
from simulators.cloudflare import process
from tests.e2e.browser import browsing
from tests.engine.checkout import Checkout, docker, free_port
from toolchain.places import ROOT

MAC = f"mini-{uuid.uuid4().hex[:6]}"
TIMEOUT = 30


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """The development environment under another name and on other ports, brought up once."""
    made = Checkout(tmp_path_factory.mktemp("main") / "checkout")
    made.sections = development()
    made.write()
    try:
        said = made.run("up", "-s", made.stack)
        assert "asking the platform" in said
        yield made
    finally:
        made.destroy()


def development() -> dict[str, Any]:
    """Sections of Pulumi.dev.yaml with free ports, and a simulated Mac of its own."""
    text = (ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    sections = {key.removeprefix("ai-platform:"): value for key, value in yaml.safe_load(text)["config"].items()}
    mac = sections["hosts"].pop("mini")
    ssh = {key: str(value).replace("/mini/", f"/{MAC}/") for key, value in mac["ssh"].items()}
    sections["hosts"][MAC] = {**mac, "address": "127.0.0.4", "ssh": {**ssh, "port": free_port()}}
    for service in sections["services"].values():
        service["port"] = free_port()
        service["host"] = MAC if service["host"] == "mini" else service["host"]
    sections["edge"] |= {"browsers": f"127.0.0.1:{free_port()}", "connectors": f"172.17.0.1:{free_port()}"}
    return sections


def url(platform: Checkout, service: str) -> str:
    return f"http://127.0.0.1:{platform.sections['services'][service]['port']}"


def health(platform: Checkout, code: int) -> dict[str, str]:
    said = json.loads(platform.run("health", "-s", platform.stack, "--json", code=code))
    return {row["name"]: row["state"] for row in said["endpoints"]}


def test_every_service_is_healthy_on_both_hosts(platform: Checkout) -> None:
    states = health(platform, code=0)
    assert set(states) == {*platform.sections["services"], "postgres/certificate"}
    assert set(states.values()) == {"healthy"}


def test_a_second_up_changes_nothing(platform: Checkout) -> None:
    before = platform.containers()
    said = platform.run("up", "-s", platform.stack, "--no-question")
    assert not any(word in said.rpartition("Resources:")[2] for word in ("created", "updated", "replaced", "deleted"))
    assert platform.containers() == before


def test_a_refresh_finds_no_drift(platform: Checkout) -> None:
    said = platform.run("pulumi", "preview", "-s", platform.stack, "--refresh", "--expect-no-changes")
    assert "error" not in said


def test_a_question_is_answered_from_the_document_that_holds_the_answer(platform: Checkout, tmp_path: Path) -> None:
    document = tmp_path / "espresso.md"
    document.write_text(
        "# Kitchen\n\nThe dishwasher runs at nine.\n\n# Machine\n\nThe espresso machine is descaled every Friday.\n"
    )
    said = platform.run("ask", "-s", platform.stack, "--json", "When is the coffee maker cleaned?", str(document))
    answer = json.loads(said.splitlines()[-1])
    assert "descaled every Friday" in answer["passages"][0]["text"]


def test_without_rerank_answers_fall_back_and_health_is_not_green(platform: Checkout) -> None:
    container = platform.containers()["rerank"]
    docker("stop", container)
    try:
        said = platform.run("ask", "-s", platform.stack, "How do I add a service?")
        assert "not reranked: rerank at" in said
        states = health(platform, code=1)
        assert states["rerank"] != "healthy"
        assert states["open-webui"] != "healthy"
        assert states["embed"] == "healthy"
    finally:
        docker("start", container)


def test_an_experiment_with_an_artefact_survives_in_mlflow(platform: Checkout) -> None:
    api = f"{url(platform, 'mlflow')}/api/2.0/mlflow"
    created = requests.post(f"{api}/experiments/create", json={"name": uuid.uuid4().hex}, timeout=TIMEOUT)
    experiment = created.json()["experiment_id"]
    run = requests.post(f"{api}/runs/create", json={"experiment_id": experiment, "start_time": 1}, timeout=TIMEOUT)
    identifier = run.json()["run"]["info"]["run_id"]
    place = f"{url(platform, 'mlflow')}/api/2.0/mlflow-artifacts/artifacts/{experiment}/{identifier}/artifacts/note.txt"
    assert requests.put(place, data=b"kept", timeout=TIMEOUT).ok
    assert requests.get(place, timeout=TIMEOUT).content == b"kept"


def test_the_chat_page_answers_through_ollama(platform: Checkout) -> None:
    api = f"{url(platform, 'open-webui')}/api"
    person = {"name": "Owner", "email": f"{uuid.uuid4().hex}@example.com", "password": uuid.uuid4().hex}
    token = requests.post(f"{api}/v1/auths/signup", json=person, timeout=TIMEOUT).json()["token"]
    header = {"Authorization": f"Bearer {token}"}
    models = requests.get(f"{api}/models", headers=header, timeout=TIMEOUT).json()["data"]
    message = {"model": models[0]["id"], "messages": [{"role": "user", "content": "Hello"}], "stream": False}
    answer = requests.post(f"{api}/chat/completions", headers=header, json=message, timeout=120)
    assert answer.json()["choices"][0]["message"]["content"]


def test_a_browser_opens_the_chat_page_by_its_name_behind_a_login_that_refuses_others(
    platform: Checkout, tmp_path: Path
) -> None:
    edge = platform.sections["edge"]
    chat = f"https://chat.dev.test:{edge['browsers'].rpartition(':')[2]}/"
    with browsing(tmp_path / "wary") as browser:
        browser.open(chat)
        browser.wait_for("ERR_CERT_AUTHORITY_INVALID")
    with browsing(tmp_path / "trusting", platform.root / FOLDER / "ca.pem") as browser:
        browser.open(chat)
        browser.fill("email", "stranger@example.com")
        browser.wait_for("That account does not have access")
        browser.open(chat)
        assert browser.url.startswith("https://dev.cloudflareaccess.com:")
        browser.fill("email", edge["emails"][0])
        browser.wait_for("A code has been emailed")
        browser.fill("code", platform.run("edge-pin", "-s", platform.stack).split()[0])
        browser.wait_for("Open WebUI")
        assert browser.url.startswith(chat)
        browser.open(f"{chat}cdn-cgi/access/logout")
        browser.wait_for("logged out")
        browser.open(chat)
        assert browser.url.startswith("https://dev.cloudflareaccess.com:")


def test_a_program_with_a_key_comes_in_by_name_and_one_without_does_not(platform: Checkout) -> None:
    outputs = json.loads((platform.root / ".state" / "outputs" / f"{platform.stack}.json").read_text())
    given = {part: outputs["credentials"][f"key.notebook.{part}"] for part in ("id", "secret")}
    address, port = platform.sections["edge"]["browsers"].split(":")
    authority, name = platform.root / FOLDER / "ca.pem", f"mlflow.dev.test:{port}"
    asked = [
        "curl", "--silent", "--show-error", "--max-time", "30", "--output", "/dev/null", "--write-out", "%{http_code}",
        "--cacert", str(authority), "--resolve", f"{name}:{address}", "--header", "@-", f"https://{name}/health",
    ]  # fmt: skip
    for secret, status in ((given["secret"], "200"), ("0" * 64, "401")):
        headers = f"CF-Access-Client-Id: {given['id']}\nCF-Access-Client-Secret: {secret}\n"
        done = subprocess.run(asked, input=headers, capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout == status


def test_no_container_is_privileged_or_published_on_every_address(platform: Checkout) -> None:
    for inspected in json.loads(docker("inspect", *platform.containers().values())):
        host = inspected["HostConfig"]
        bindings = [binding for published in host["PortBindings"].values() for binding in published]
        assert not host["Privileged"]
        assert host["CapDrop"] == ["ALL"]
        assert host["Memory"] == host["MemorySwap"] > 0
        assert host["NanoCpus"] > 0
        assert host["RestartPolicy"]["Name"] == "unless-stopped"
        assert {binding["HostIp"] for binding in bindings} == {"127.0.0.1"}


def test_down_leaves_nothing_behind(platform: Checkout) -> None:
    platform.run("down", "-s", platform.stack, "--yes")
    label = f"label=ai-platform.environment={platform.stack}"
    assert docker("ps", "-aq", "--filter", label) == ""
    assert docker("volume", "ls", "-q", "--filter", label) == ""
    assert docker("network", "ls", "-q", "--filter", label) == ""
    assert docker("ps", "-aq", "--filter", f"label=ai-platform.simulator={MAC}") == ""
    assert not (platform.root / ".state" / "outputs" / f"{platform.stack}.json").exists()
    assert process.running(platform.root / FOLDER) is None
