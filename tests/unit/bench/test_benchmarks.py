import json

import pytest

from bench import up_scaling
from bench.large import PER_HOST, stack_file
from bench.program_start import PROGRAM, without_its_call


def test_the_program_ends_with_the_call_that_a_start_leaves_out() -> None:
    source = PROGRAM.read_text(encoding="utf-8")
    assert len(without_its_call(source).body) > 3


def test_a_program_with_another_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no longer ends"):
        without_its_call("main()\nprint()\n")


def test_a_large_environment_has_ten_services_a_host_and_one_tunnel() -> None:
    config = stack_file(3)["config"]
    assert len(config["ai-platform:hosts"]) == 3
    assert len(config["ai-platform:services"]) == 3 * len(PER_HOST) + 1
    assert len({host["address"] for host in stack_file(300)["config"]["ai-platform:hosts"].values()}) == 300


def test_stacks_and_providers_are_not_counted_as_resources() -> None:
    types = ["pulumi:pulumi:Stack", "pulumi:providers:random", "ai-platform:index:Group", "random:index:RandomString"]
    exported = json.dumps({"deployment": {"resources": [{"type": one} for one in types]}})
    assert up_scaling.count(exported) == 2
    assert up_scaling.count('{"deployment": {}}') == 0


def test_the_scaling_program_is_python() -> None:
    compile(up_scaling.program(), "program", "exec")
