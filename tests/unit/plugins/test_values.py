import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import struct_pb2

from providers.common.secrets import contains_unknown, hidden, mark_secrets, plain, redacted
from providers.common.values import UNKNOWN, Secret, from_struct, state_struct, to_struct
from simulators.plugins.command.connection_fields import CONNECTION

REPOSITORY = Path(__file__).resolve().parents[3]


def test_values_travel_both_ways_unchanged() -> None:
    properties = {
        "text": "x", "whole": 3, "part": 0.5, "yes": True, "list": [1, "a", [False]], "object": {"a": {"b": 1}},
        "secret": Secret({"inner": ["x"]}), "unknown": UNKNOWN, "asset": {"4dabf18193072939515e22adb298388d": "c4406"},
    }  # fmt: skip
    assert from_struct(to_struct(properties)) == properties


def test_absent_values_and_bookkeeping_are_left_out() -> None:
    assert from_struct(state_struct({"a": None, "__defaults": [], "b": 1})) == {"b": 1}


def test_output_values_become_secrets_or_unknowns() -> None:
    struct = struct_pb2.Struct()
    signature = {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
    struct.update(
        {
            "unknown": signature,
            "known": {**signature, "value": "x", "dependencies": ["urn"]},
            "secret": {**signature, "value": "y", "secret": True},
        }
    )
    assert from_struct(struct) == {"unknown": UNKNOWN, "known": "x", "secret": Secret("y")}


def test_value_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="a set is no property value"):
        to_struct({"a": {1}})


def test_secret_marks_come_off_and_on_again() -> None:
    inputs = {"a": Secret("x"), "list": ["b", Secret("c")], "object": {"in": Secret(1), "out": 2}, "plain": 1}
    bare = plain(inputs)
    assert bare == {"a": "x", "list": ["b", "c"], "object": {"in": 1, "out": 2}, "plain": 1}
    state = {"a": "x", "list": ["c", "b"], "object": {"in": 1, "out": 2}, "plain": 1, "computed": 3}
    marked = mark_secrets(state, inputs)
    assert marked["a"] == Secret("x")
    assert marked["list"] == Secret(["c", "b"])
    assert marked["object"] == {"in": Secret(1), "out": 2}
    assert (marked["plain"], marked["computed"]) == (1, 3)
    assert mark_secrets(marked, inputs) == marked


def test_unknown_is_found_at_any_depth() -> None:
    assert contains_unknown({"a": [Secret({"b": UNKNOWN})]})
    assert not contains_unknown({"a": [Secret({"b": "x"})]})


def test_text_is_told_without_the_secrets_in_it() -> None:
    inputs = {"envs": [Secret("KEY=sesame-open"), "A=1"], "token": Secret({"deep": ["sesame"]}), "short": Secret("of")}
    assert redacted("no sesame, no KEY=sesame-open of", inputs) == "no [secret], no [secret] of"
    assert "sesame" not in repr(inputs)


def test_a_secret_connection_hides_its_keys_and_names_its_host() -> None:
    fields = {"connection": CONNECTION}
    parts = {"host": "10.0.0.11", "user": "admin", "password": "open-sesame"}
    inputs = {"connection": Secret({**parts, "proxy": {**parts, "privateKey": "of-proxy"}}), "stdin": Secret("script")}
    told = redacted("admin@10.0.0.11: open-sesame of-proxy script", hidden(inputs, fields))
    assert told == "admin@10.0.0.11: [secret] [secret] [secret]"


def test_a_part_that_is_secret_by_itself_is_never_told() -> None:
    inputs = {"connection": Secret({"host": "10.0.0.11", "user": Secret("hidden-user")})}
    assert redacted("hidden-user@10.0.0.11", hidden(inputs, {"connection": CONNECTION})) == "[secret]@10.0.0.11"


def test_messages_load_without_the_sdk_which_can_still_be_loaded_afterwards() -> None:
    program = (
        "import sys; from providers.common import protos; assert 'pulumi' not in sys.modules;"
        "import pulumi; from pulumi.runtime.proto import provider_pb2;"
        "assert pulumi.Output and provider_pb2 is protos.provider_pb2"
    )
    subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=True, timeout=60)
