"""pf of the simulated Mac: what it reads, what it refuses, and which rule decides."""

from __future__ import annotations

import pytest

from simulators.images.mac.macos.pf.kernel import in_first_match_order, program
from simulators.images.mac.macos.pf.loaded import Loaded
from simulators.images.mac.macos.pf.rule import Rule
from simulators.images.mac.macos.pf.ruleset import parsed
from simulators.images.mac.macos.pf.words import PfSyntaxError

APPLE = """
scrub-anchor "com.apple/*"
nat-anchor "com.apple/*"
rdr-anchor "com.apple/*"
dummynet-anchor "com.apple/*"
anchor "com.apple/*"
load anchor "com.apple" from "/etc/pf.anchors/com.apple"
"""


def printed(text: str) -> list[str]:
    return [str(entry) for entry in parsed(text).entries]


@pytest.mark.parametrize(
    ("line", "as_printed"),
    [
        ("block in", ["block drop in all"]),
        ("block return in log all", ["block return in all"]),
        ("pass out all keep state", ["pass out all flags S/SA keep state"]),
        (
            "pass in quick on en0 inet proto tcp from 192.168.0.0/16 to any port 11434",
            [
                "pass in quick on en0 inet proto tcp from 192.168.0.0/16 to any port = 11434 flags S/SA keep state",
            ],
        ),
        (
            "pass in proto tcp from <friends> to any port { ssh, 5000:5010 }",
            [
                "pass in proto tcp from <friends> to any port = 22 flags S/SA keep state",
                "pass in proto tcp from <friends> to any port 5000:5010 flags S/SA keep state",
            ],
        ),
        ("pass in proto udp from fe80::/10 to any port != 53 no state", [
            "pass in inet6 proto udp from fe80::/10 to any port != 53 no state",
        ]),
        ("block in from ! 10.0.0.0/8", ["block drop in inet from ! 10.0.0.0/8 to any"]),
    ],
)  # fmt: skip
def test_a_rule_is_printed_with_every_default_spelled_out(line: str, as_printed: list[str]) -> None:
    assert printed(line) == as_printed


def test_macros_and_lists_become_one_rule_for_each_combination() -> None:
    text = """
    lan = "{ 10.0.0.0/8, 192.168.0.0/16 }"  # "in quotes"
    ports = "{ 22 443 }"
    pass in proto tcp \\
        from $lan to any port $ports
    """
    assert len(printed(text)) == 4


def test_what_apple_ships_is_taken_and_asks_for_nothing() -> None:
    ruleset = parsed(APPLE)
    assert ruleset.loads == {"com.apple": "/etc/pf.anchors/com.apple"}
    assert [str(entry) for entry in ruleset.entries] == ['anchor "com.apple/*" all']


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("pass in\nblok in all", 2, "syntax error"),
        ("pass in from 10.0.0.0/8 to any port 22", 1, "port only applies to tcp/udp"),
        ("pass in proto tcp from 300.0.0.1 to any", 1, "could not parse host specification: 300.0.0.1"),
        ("pass in proto tcp to any port 99999", 1, "illegal port value 99999"),
        ("pass in proto tcp to any port nosuch", 1, "unknown port nosuch"),
        ("pass in proto tcp from any to any port { 22", 1, "syntax error"),
        ("pass in proto $x", 1, "macro 'x' not defined"),
        ("pass in proto tcp to any port 22 quick", 1, "syntax error"),
        ('pass all\nrdr-anchor "x"', 2, "Rules must be in order: options, normalization, queueing, translation"),
        ("pass all\nset skip on lo0", 2, "Rules must be in order"),
        ("nat on en0 from any to any -> (en0)", 1, "syntax error"),
        ("table <x> { nowhere }", 1, "could not parse host specification"),
    ],
)
def test_what_pf_refuses_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(PfSyntaxError) as refused:
        parsed(text)
    assert (refused.value.line, refused.value.text[: len(said)]) == (line, said)


def test_quick_rules_decide_first_then_the_last_match() -> None:
    ruleset = parsed("block in\npass in quick proto tcp to any port 1\npass in proto tcp to any port 2\nblock in quick")
    order = in_first_match_order(rule for rule in ruleset.entries if isinstance(rule, Rule))
    assert [(rule.action, rule.target_port) for rule in order] == [
        ("pass", "1"), ("block", ""), ("pass", "2"), ("block", ""),
    ]  # fmt: skip


def test_an_anchor_counts_only_where_the_main_ruleset_asks_for_it() -> None:
    loaded = Loaded()
    loaded.load("block in proto tcp to any port 9", "mine")
    loaded.load("pass all", "")
    assert [rule.action for rule in loaded.rules()] == ["pass"]
    loaded.load('pass all\nanchor "mine"', "")
    assert [rule.action for rule in loaded.rules()] == ["pass", "block"]


def test_a_star_asks_the_anchors_below_and_not_the_one_itself() -> None:
    loaded = Loaded()
    loaded.load("block in", "com.apple/mine")
    loaded.load("block out", "com.apple")
    loaded.load(APPLE.splitlines()[5], "")
    assert [rule.direction for rule in loaded.rules()] == ["in"]


def test_a_table_that_nobody_defined_matches_nothing() -> None:
    rules = [rule for rule in parsed("block in from <nobody>").entries if isinstance(rule, Rule)]
    assert "drop" not in program(rules, {}, [])


def test_the_kernel_is_told_interfaces_addresses_and_ports() -> None:
    text = "block return in on en0 proto tcp from { 10.0.0.0/8 fd00::/8 } to any port 1:5"
    rules = [rule for rule in parsed(text).entries if isinstance(rule, Rule)]
    told = program(rules, {}, ["lo0"])
    assert 'iifname "lo" accept' in told
    for family, source in (("ipv4", "ip saddr { 10.0.0.0/8 }"), ("ipv6", "ip6 saddr { fd00::/8 }")):
        assert (
            f'iifname "eth0" meta nfproto {family} meta l4proto tcp {source} th dport 1-5 reject with tcp reset' in told
        )
