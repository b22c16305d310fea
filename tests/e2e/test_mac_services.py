"""Services of a simulated Mac: real programs under launchd, pf in front of them, colima, Ollama, FileVault."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.hosts import lifecycle
from simulators.hosts.login import ssh_options
from tests.e2e.mac_machine import ADDRESS, BREW, FAULTS, Mac, new_mac, plist


@pytest.fixture(scope="module")
def mac() -> Iterator[Mac]:
    """A Mac that the tests of this file change one after the other."""
    yield from new_mac("e2e-services", 2395)


def test_real_redis_and_nginx_run_from_their_kegs(mac: Mac) -> None:
    mac.ok(f"{BREW} brew install redis nginx; nginx -t")
    redis = ["/opt/homebrew/opt/redis/bin/redis-server", "/opt/homebrew/etc/redis.conf"]
    mac.ok(plist("sh.brew.redis", redis, RunAtLoad="<true/>"))
    mac.ok("until /opt/homebrew/bin/redis-cli ping | grep PONG; do sleep 0.1; done")
    server = "server { listen 8081; location / { return 200 second; } }"
    mac.ok(f"echo '{server}' >/opt/homebrew/etc/nginx/servers/second.conf")
    daemon = ["/opt/homebrew/opt/nginx/bin/nginx", "-g", "daemon off;"]
    mac.ok(plist("sh.brew.nginx", daemon, RunAtLoad="<true/>", KeepAlive="<true/>"))
    assert "Welcome to nginx" in mac.ok("until curl -fs http://127.0.0.1:8080/; do sleep 0.1; done")
    assert mac.ok("curl -fs http://127.0.0.1:8081/") == "second"
    assert "nginx" in mac.ok("sudo lsof -nP -iTCP:8080 -sTCP:LISTEN")


def answers(mac: Mac) -> bool:
    """Whether something behind port 8080 speaks; a refused or dropped connection does not."""
    try:
        with socket.create_connection((ADDRESS, mac.specification.ssh_port + 1), timeout=2) as connection:
            connection.settimeout(2)
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return bool(connection.recv(16))
    except OSError:
        return False


def test_pf_really_closes_ports_and_forgets_all_at_a_reboot(mac: Mac) -> None:
    assert mac.shell("pfctl -s info").stdout == "pfctl: /dev/pf: Permission denied\n"
    assert re.search("^Status: Disabled", mac.ok("sudo pfctl -s info"), re.MULTILINE)
    assert answers(mac)
    closed = "block in proto tcp to any port 8080\n"
    # An anchor counts only where the main rules ask for it.
    mac.ok(f"printf '{closed}' | sudo pfctl -a com.example -f - && sudo pfctl -E")
    assert answers(mac)
    main = 'anchor \\"com.example\\"\nload anchor \\"com.example\\" from \\"/etc/pf.anchors/com.example\\"\n'
    noise = mac.ok(
        f'printf "{main}" | cat /etc/pf.conf - | sudo tee /etc/pf.example.conf >/dev/null;'
        f"printf '{closed}' | sudo tee /etc/pf.anchors/com.example >/dev/null; sudo pfctl -f /etc/pf.example.conf"
    )
    assert "could result in flushing of rules" in noise
    assert "No ALTQ support in kernel" in noise
    assert not answers(mac)
    assert "block drop in proto tcp from any to any port = 8080\n" in mac.ok("sudo pfctl -a com.example -sr")
    # The last rule that matches counts, and here the anchor is asked last.
    mac.ok(f"printf '{closed}pass in all\n' | sudo pfctl -a com.example -f -")
    assert answers(mac)
    mac.ok("printf 'block return in quick proto tcp to any port 8080\npass in all\n' | sudo pfctl -a com.example -f -")
    assert not answers(mac)
    mac.ok("sudo pfctl -d")
    assert answers(mac)
    assert "pf not enabled" in mac.shell("sudo pfctl -d").stdout
    mac.ok("sudo pfctl -e")
    assert not answers(mac)
    mac.power_cut()
    lifecycle.start(mac.specification)
    mac.ok("until curl -fs http://127.0.0.1:8080/; do sleep 0.1; done")
    assert answers(mac)
    assert "Status: Disabled" in mac.ok("sudo pfctl -s info; sudo pfctl -sr")


def test_pf_refuses_broken_rules_and_keeps_the_old_ones(mac: Mac) -> None:
    mac.ok("printf 'pass in all\n' | sudo pfctl -a com.kept -f -")
    refused = mac.shell("printf 'pass in all\nblok all\n' | sudo pfctl -a com.kept -f -")
    assert refused.returncode == 1
    assert "stdin:2: syntax error\npfctl: Syntax error in config file: pf rules not loaded\n" in refused.stdout
    assert "pass in all flags S/SA keep state\n" in mac.ok("sudo pfctl -a com.kept -s rules")
    assert mac.shell("printf 'pass from\n' >/tmp/broken; pfctl -n -f /tmp/broken").returncode == 1
    assert mac.shell("pfctl -n -f /etc/pf.conf").returncode == 0


def test_colima_keeps_its_settings_until_it_is_stopped(mac: Mac) -> None:
    mac.ok(f"{BREW} brew install colima docker >/dev/null; colima start --cpus 4 --memory 8 --disk 60")
    assert "already running, ignoring" in mac.ok(f"{BREW} colima start --cpus 2")
    listed = json.loads(mac.ok(f"{BREW} colima list --json"))
    assert (listed["status"], listed["cpus"], listed["memory"], listed["disk"]) == ("Running", 4, 8 << 30, 60 << 30)
    assert json.loads(mac.ok(f"{BREW} colima status --json"))["docker_socket"].endswith("/.colima/default/docker.sock")
    mac.ok(f": >{FAULTS}/colima-broken")
    assert json.loads(mac.ok(f"{BREW} colima list --json"))["status"] == "Broken"
    assert "empty value" in mac.shell(f"{BREW} colima status").stdout
    assert mac.shell(f"{BREW} colima start").returncode == 1
    mac.ok(f"{BREW} colima stop --force; : >{FAULTS}/colima-in-use")
    refused = mac.shell(f"{BREW} colima start --cpus 2")
    assert (refused.returncode, "in use by instance" in refused.stdout) == (1, True)
    mac.ok(
        f"{BREW} LIMA_HOME=~/.colima/_lima limactl disk unlock colima; colima start --cpus 2; docker ps; colima stop"
    )


def test_ollama_says_metal_until_the_fault(mac: Mac) -> None:
    mac.ok(f"{BREW} brew install ollama")
    serve = ["/opt/homebrew/opt/ollama/bin/ollama", "serve"]
    mac.ok(plist("sh.brew.ollama", serve, KeepAlive="<true/>", StandardErrorPath="<string>/tmp/o.log</string>"))
    pull = 'curl -sN --max-time 3 http://127.0.0.1:11434/api/pull -d \'{"model":"all-minilm"}\''
    mac.ok("until curl -fs http://127.0.0.1:11434/api/ps | grep models; do sleep 0.1; done")
    with mac.fault("ollama-pull-error"):
        assert '"error"' in mac.ok(pull).splitlines()[-1]
    with mac.fault("ollama-pull-cut"):
        assert mac.shell(pull).returncode == 18
    with mac.fault("ollama-pull-stalls"):
        assert mac.shell(pull).returncode == 28


def test_filevault_lets_nobody_in_after_a_reboot_but_with_the_password(mac: Mac, tmp_path: Path) -> None:
    mac.ok(f"printf %s 'open sesame' >{FAULTS}/filevault")
    mac.power_cut()
    login = ["ssh", "-o", "BatchMode=no", *ssh_options(mac.keys), *mac.login[-3:], "true"]

    def tried(password: str) -> int:
        ask = tmp_path / "ask"
        ask.write_text(f"#!/bin/sh\necho {shlex.quote(password)}\n")
        ask.chmod(0o700)
        environment = {"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force", "PATH": os.environ["PATH"]}
        return subprocess.run(login, env=environment, capture_output=True, timeout=60, check=False).returncode

    while "This system is locked." not in (by_key := mac.shell("true")).stderr:
        assert by_key.returncode == 255
        time.sleep(0.1)
    assert (by_key.returncode, "Permission denied (password)" in by_key.stderr) == (255, True), by_key.stderr
    assert tried("wrong") == 255
    tried("open sesame")
    lifecycle.start(mac.specification)
    assert mac.ok("fdesetup status") == "FileVault is On.\n"
    mac.ok(f"rm {FAULTS}/filevault")
