"""An SDK part by part is the same package to everybody, whoever imports it first."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from components.partial_sdk import parts
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
CLASS_BY_CLASS = """
import importlib, types
from components import cloudflare_sdk, docker_sdk
from components.nested_types import NestedTypes
def told(made):
    inner = {name: value.fget.__qualname__ for name, value in vars(made).items() if isinstance(value, property)}
    return (made.__qualname__, made.__module__, [base.__qualname__ for base in made.__mro__], made.__doc__,
            sorted(vars(made)), inner, getattr(made, "__annotations__", None), getattr(made, "__required_keys__", None))
different = []
kinds = []
for sdk in (cloudflare_sdk.cloudflare, docker_sdk.docker):
    for part in ("_inputs", "outputs"):
        ours = sdk.Provider and getattr(sdk, part)
        kinds.append(type(ours) is NestedTypes)
        del sys.modules[ours.__name__]
        whole = importlib.import_module(ours.__name__)
        names = [name for name, value in vars(whole).items() if getattr(value, "__module__", "") == ours.__name__]
        different += [name for name in names if told(getattr(ours, name)) != told(getattr(whole, name))]
        different += sorted(set(vars(whole)) ^ set(vars(ours)) - {"_statements", "_names"})
        kinds.append(len(names) > 50)
print(json.dumps([kinds, different[:9]]))
"""
HINTS = """
from pulumi._types import input_type_types, resource_types
from components.cloudflare_sdk import cloudflare
from components.docker_sdk import docker
seen = set()
def resolve(kind):
    if isinstance(kind, type) and hasattr(kind, "_pulumi_input_type") and kind not in seen:
        seen.add(kind)
        for inner in input_type_types(kind).values():
            resolve(inner)
    for inner in getattr(kind, "__args__", ()):
        resolve(inner)
for made in (cloudflare.DnsRecord, cloudflare.Ruleset, cloudflare.ZeroTrustAccessApplication,
             cloudflare.ZeroTrustAccessPolicy, docker.Container, docker.RemoteImage):
    resource_types(made)
    resolve(getattr(sys.modules[made.__module__], made.__name__ + "Args"))
print(json.dumps(len(seen)))
"""
UNKNOWN_FORM = """
import sys, tempfile, pathlib, importlib
from components.nested_types import NestedTypes, nested_types
folder = pathlib.Path(tempfile.mkdtemp()); sys.path.insert(0, str(folder))
(folder / "odd_types.py").write_text(
    "import functools, pulumi\\n@functools.total_ordering\\nclass A:\\n    def __lt__(self, other): return False\\n")
odd = nested_types("odd_types")
print(json.dumps([type(odd) is NestedTypes, isinstance(odd.A, type), sys.modules["odd_types"] is odd]))
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


def test_classes_made_one_by_one_are_those_that_the_whole_module_makes() -> None:
    kinds, different = told(CLASS_BY_CLASS)
    assert all(kinds)
    assert not different


def test_every_hint_of_a_resource_finds_its_types() -> None:
    assert told(HINTS) > 200


def test_a_module_that_does_more_with_its_classes_is_imported_as_it_is() -> None:
    assert told(UNKNOWN_FORM) == [False, True, True]


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
