"""The text of the firewall."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from hosts.linux.firewall import UNIT, ruleset
from planning.firewall import Rule

RULES = (
    Rule(service="embed", port=5555, sources=("10.0.0.0/8", "192.0.2.7/32", "fd00::/8")),
    Rule(service="redis", port=6379, sources=()),
)
TEXT = ruleset(RULES, (8080, 6379, 8080))


def lines() -> list[str]:
    return [line.strip() for line in TEXT.splitlines()]


def test_a_port_is_taken_from_its_networks_of_both_families_and_then_refused() -> None:
    about = [line for line in lines() if "dport 5555" in line or "dport 6379" in line]
    assert about == [
        "tcp dport 5555 ip saddr { 10.0.0.0/8, 192.0.2.7/32 } accept",
        "tcp dport 5555 ip6 saddr { fd00::/8 } accept",
        'tcp dport 5555 counter drop comment "embed"',
        'tcp dport 6379 counter drop comment "redis"',
    ]


def test_ports_inside_containers_are_reached_by_published_ones_only() -> None:
    assert 'oifname "docker0" tcp dport { 6379, 8080 } counter drop' in lines()
    assert lines().index("ct status dnat accept") < lines().index(
        'oifname "br-*" tcp dport { 6379, 8080 } counter drop'
    )


def test_answers_and_the_host_itself_come_first() -> None:
    policy = lines().index("type filter hook prerouting priority mangle; policy accept;")
    assert lines()[policy + 1 : policy + 5] == [
        "ct direction reply accept",
        'iifname "lo" accept',
        'iifname "docker0" accept',
        'iifname "br-*" accept',
    ]


def test_ssh_is_never_touched_and_nothing_is_refused_by_default() -> None:
    empty = ruleset((), ())
    assert "drop" not in empty
    assert "dport 22" not in TEXT
    assert TEXT.count("policy accept") == 2


def test_the_table_is_replaced_as_a_whole_and_no_other_is_named() -> None:
    tables = [line for line in lines() if "table" in line and not line.startswith("#")]
    assert tables == ["table inet ai_platform", "delete table inet ai_platform", "table inet ai_platform {"]


def test_it_is_loaded_at_boot_before_docker_and_after_what_empties_the_ruleset() -> None:
    assert "Before=network-pre.target docker.service" in UNIT.content
    assert "After=nftables.service" in UNIT.content


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("nft") is None, reason="needs nft and root's rights")
@pytest.mark.parametrize("text", [TEXT, ruleset((), ())], ids=["rules", "no rules"])
def test_nft_takes_it_twice(text: str) -> None:
    twice = 'nft -f - <<END && nft -f - <<END && nft list table inet ai_platform\n"$1"\nEND\n"$1"\nEND\n'
    command = ["unshare", "--net", "sh", "-c", twice.replace('"$1"', text)]
    loaded = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if "unshare" in loaded.stderr or "Operation not" in loaded.stderr:
        pytest.skip(f"no network of its own can be had here: {loaded.stderr}")
    assert loaded.returncode == 0, loaded.stderr
    assert "table inet ai_platform" in loaded.stdout
