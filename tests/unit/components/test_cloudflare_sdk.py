"""The Cloudflare SDK part by part is the same package to everybody, whoever imports it first."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from components.cloudflare_sdk import parts
from toolchain.places import ROOT

QUIET = "import json, sys, warnings; warnings.simplefilter('ignore')\n"
PART_BY_PART = """
from components.cloudflare_sdk import cloudflare
def asked(sdk):
    return (sdk.DnsRecord, sdk.ZeroTrustAccessPolicyIncludeEmailArgs, sdk.DnsRecordArgs, sdk.outputs,
            sdk.get_zero_trust_tunnel_cloudflared_token_output)
first = asked(cloudflare)
import pulumi_cloudflare
from pulumi_cloudflare import Zone, get_zone
from pulumi_cloudflare.zone import Zone as from_its_module
modules = sum(name.startswith("pulumi_cloudflare.") for name in sys.modules)
same = [pulumi_cloudflare is cloudflare, Zone is from_its_module, callable(get_zone)]
missing = hasattr(pulumi_cloudflare, "NoSuchThing")
whole = sum(name.startswith("pulumi_cloudflare.") for name in sys.modules)
print(json.dumps([modules, whole, missing, *same, asked(cloudflare) == first, callable(cloudflare.get_zone)]))
"""
IMPORTED_BEFORE = """
import pulumi_cloudflare
from components.cloudflare_sdk import cloudflare
print(json.dumps(cloudflare is pulumi_cloudflare))
"""


def told(program: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", QUIET + program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_only_what_is_asked_for_is_imported_and_it_is_what_everybody_gets() -> None:
    modules, whole, missing, *same = told(PART_BY_PART)
    assert modules < 10
    assert whole > 200
    assert not missing
    assert all(same)


def test_a_package_that_was_imported_before_is_the_one_that_is_used() -> None:
    assert told(IMPORTED_BEFORE) is True


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("DnsRecord", ["dns_record"]),
        ("DnsRecordArgs", ["dns_record", "_inputs"]),
        ("R2Bucket", ["r2_bucket"]),
        ("get_zero_trust_tunnel_cloudflared_token_output", ["get_zero_trust_tunnel_cloudflared_token"]),
        ("RulesetRuleArgsDict", ["ruleset_rule", "_inputs"]),
    ],
)
def test_a_name_is_looked_for_where_the_sdk_defines_it(name: str, found: list[str]) -> None:
    assert list(parts(name)) == found
