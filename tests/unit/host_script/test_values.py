"""Values reach the host as they are in the settings."""

from __future__ import annotations

import plistlib
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.host_script import Directory, HostSpec, Ollama, render_script
from components.host_script.daemons import ollama_daemon
from components.host_script.render import _call
from components.host_script.spec import Package

HARD = ["", "'", '"', "$(touch x)", "`id`", "a\nb\n", "\\n", "*", "-n", "~", "ü ☃", "'; rm -rf / #", "\t", "!!", "%s"]
# Everything an argument of a program can be: any character but NUL, and no half of a surrogate pair.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@given(st.lists(st.one_of(st.sampled_from(HARD), TEXT), max_size=4), st.sampled_from(["dash", "bash"]))
def test_every_value_arrives_intact_in_the_shell(values: list[str], shell: str) -> None:
    script = 'received() { printf "%s\\0" "$@"; }\n' + _call("received", ("first", *values))
    result = subprocess.run([shell, "-s"], input=script.encode(), capture_output=True, check=True)
    assert result.stdout.decode().split("\0")[:-1] == ["first", *values]


# What XML 1.0 can hold; plistlib refuses control characters, and XML readers turn \r into \n.
XML_TEXT = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), max_size=40).filter(
    lambda text: not set(text) & {"\ufffe", "\uffff"}
)


@given(XML_TEXT)
def test_every_value_arrives_intact_in_a_property_list(value: str) -> None:
    spec = HostSpec(user="admin", ollama=Ollama(models_directory=f"/models/{value}", keep_alive="-1"))
    assert spec.ollama
    keys = plistlib.loads(ollama_daemon(spec, spec.ollama).property_list().encode())
    assert keys["EnvironmentVariables"]["OLLAMA_MODELS"] == f"/models/{value}"


def test_a_value_that_no_shell_can_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        render_script(HostSpec(user="admin", directories=(Directory(path="/a\0b"),)))


def test_the_same_specification_gives_the_same_script() -> None:
    spec = HostSpec(user="admin", packages=(Package(formula="redis"),), ollama=Ollama())
    assert render_script(spec) == render_script(spec)
