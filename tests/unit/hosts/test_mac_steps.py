"""Which steps follow from which specification of a Mac: one JSON file a case. A step lists its name, function and first
arguments."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from hosts.mac.firewall import Firewall
from hosts.mac.launch_daemon import LaunchDaemon
from hosts.mac.logs import rotation_daemon
from hosts.mac.ollama import wired_limit_daemon
from hosts.mac.spec import Colima, MacSpec, Ollama, Postgres
from hosts.mac.steps import mac_role
from planning.firewall import Rule

CASES = sorted(Path(__file__).with_name("cases").glob("mac/*.json"))
HOME = "/Users/ai"


def keys_of(daemon: LaunchDaemon) -> dict[str, Any]:
    keys: dict[str, Any] = plistlib.loads(daemon.property_list().encode())
    return keys


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_specification_gives_these_steps(case: Path) -> None:
    expected = json.loads(case.read_text())
    spec = TypeAdapter(MacSpec).validate_python(expected["spec"])
    made = [[step.name, step.function, *step.arguments] for step in mac_role(spec).steps]
    assert [step[: len(wanted)] for step, wanted in zip(made, expected["steps"], strict=True)] == expected["steps"]
    assert spec.memory_needed_mb == expected["memory_needed_mb"]


def test_ollama_waits_for_the_wired_limit_and_survives_an_upgrade() -> None:
    shell, option, script = keys_of(Ollama().daemon("ai", HOME, 17_000))["ProgramArguments"]
    assert (shell, option) == ("/bin/sh", "-c")
    assert "= 17000 ]" in script
    assert script.endswith("exec /opt/homebrew/opt/ollama/bin/ollama serve")


def test_a_service_has_a_home_a_path_a_log_of_its_user_and_more_than_256_files() -> None:
    keys = keys_of(Ollama(bind="10.0.0.5", keep_alive="-1", parallel=2).daemon("ai", HOME))
    assert keys["UserName"] == "ai"
    assert keys["EnvironmentVariables"] == {
        "HOME": HOME,
        "PATH": "/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "OLLAMA_HOST": "10.0.0.5:11434",
        "OLLAMA_KEEP_ALIVE": "-1",
        "OLLAMA_NUM_PARALLEL": "2",
        "OLLAMA_CONTEXT_LENGTH": "8192",
        "OLLAMA_FLASH_ATTENTION": "1",
    }
    assert keys["StandardOutPath"] == "/Users/ai/Library/Logs/ai-platform/ollama.log"
    assert keys["SoftResourceLimits"]["NumberOfFiles"] == 65536
    assert keys["KeepAlive"] is True


def test_containers_never_see_the_whole_home_and_never_the_data_of_native_servers() -> None:
    script = keys_of(Colima().daemon("ai", HOME))["ProgramArguments"][2]
    assert script.endswith(" --mount /Users/ai/ai-platform:w")
    assert not Postgres().data.startswith(HOME)


def test_a_path_with_a_quote_stays_one_argument_of_colima() -> None:
    script = keys_of(Colima(mounts=("/Users/ai/it's here",)).daemon("ai", HOME))["ProgramArguments"][2]
    assert script.endswith(""" --mount '/Users/ai/it'"'"'s here:w'""")


def test_the_wired_limit_is_set_once_at_boot_by_root() -> None:
    assert keys_of(wired_limit_daemon(17_000)) == {
        "Label": "ai-platform.wired-limit",
        "ProgramArguments": ["/usr/sbin/sysctl", "iogpu.wired_limit_mb=17000"],
        "RunAtLoad": True,
    }


def test_logs_are_looked_at_every_hour_and_nothing_is_kept_running_for_it() -> None:
    keys = keys_of(rotation_daemon("ai", HOME))
    assert keys["StartInterval"] == 3600
    assert "KeepAlive" not in keys


def test_a_network_is_let_in_before_everybody_is_refused() -> None:
    rules = Firewall(ports=(Rule(service="redis", port=6379, sources=("10.0.0.0/8", "fd00::/8")),)).rules()
    assert rules.splitlines() == [
        "pass in quick on lo0 all",
        "# redis",
        "pass in quick proto tcp from 10.0.0.0/8 to any port 6379",
        "pass in quick proto tcp from fd00::/8 to any port 6379",
        "block return in quick proto tcp from any to any port 6379",
    ]


def test_no_rule_names_the_port_of_sshd() -> None:
    with pytest.raises(ValueError, match="web listens on port 2222, which is sshd's"):
        Firewall(ports=(Rule(service="web", port=2222, sources=()),), ssh_port=2222)


def test_a_server_takes_logins_by_password_and_from_the_named_networks_only() -> None:
    server = Postgres(listen="10.0.0.13", sources=("10.0.0.0/8",), memory_mb=8192)
    texts = {file.path.rpartition("/")[2]: file.content for file in server.files("ai")}
    assert texts["pg_hba.conf"].splitlines() == [
        "local all postgres peer map=owner",
        "local all all scram-sha-256",
        "host all all 127.0.0.1/32 scram-sha-256",
        "host all all ::1/128 scram-sha-256",
        "hostssl all all 10.0.0.0/8 scram-sha-256",
    ]
    assert "ssl = on\n" in texts["postgresql.conf"]
    assert "listen_addresses = 'localhost,10.0.0.13'\n" in texts["postgresql.conf"]
    assert "shared_buffers = 2048MB\n" in texts["postgresql.conf"]
    assert "trust" not in "".join(texts.values())


def test_no_password_stands_in_an_argument_or_in_what_a_preview_shows() -> None:
    spec = MacSpec(user="ai", postgres=(Postgres(secret="password.it"),))
    naming = [step for step in mac_role(spec).steps if "password.it" in step.secrets]
    assert {step.function for step in naming} == {"step_data", "step_administrator"}
    assert mac_role(spec).secrets == ("password.it", "certificate.postgres.certificate", "certificate.postgres.key")
