"""Values reach the host as they are in the settings."""

from __future__ import annotations

import getpass
import grp
import os
import plistlib
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.directory import Directory
from hosts.login_command import READ_AND_RUN, login_command, standard_input
from hosts.mac.spec import MacSpec, Ollama
from hosts.mac.steps import mac_role
from hosts.package import Package
from hosts.script import _call, render_script, runtime

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
    ollama = Ollama(models_directory=f"/models/{value}", keep_alive="-1")
    keys = plistlib.loads(ollama.daemon("admin", "/Users/admin").property_list().encode())
    assert keys["EnvironmentVariables"]["OLLAMA_MODELS"] == f"/models/{value}"


def test_a_value_that_no_shell_can_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        render_script(mac_role(MacSpec(user="admin", directories=(Directory(path="/a\0b"),))))


def test_the_same_specification_gives_the_same_script() -> None:
    spec = MacSpec(user="admin", packages=(Package(name="redis"),), ollama=Ollama())
    assert render_script(mac_role(spec)) == render_script(mac_role(spec))


@given(st.one_of(st.sampled_from(HARD), TEXT), st.sampled_from(["dash", "bash"]))
def test_a_secret_arrives_intact_and_stands_in_no_argument_and_no_environment(value: str, shell: str) -> None:
    script = runtime("mac") + "\nmain() { secret it; echo; env; cat /proc/$$/cmdline; }\n" + 'main "$@" </dev/null'
    text = standard_input(script, {"other": "x", "it": value})
    command = shlex.split(login_command("apply"))[1:]
    result = subprocess.run([shell, *command[1:]], input=text.encode(), capture_output=True, check=True)
    secret, _, elsewhere = result.stdout.partition(value.encode() + b"\n")
    assert secret == b""
    assert b"ai-platform\0apply" in elsewhere
    assert b"secrets=" not in elsewhere


def test_a_secret_that_was_not_sent_is_named() -> None:
    script = runtime("mac") + "\nmain() { secret it; }\n" + 'main "$@" </dev/null'
    command = ["dash", "-c", READ_AND_RUN, "-"]
    result = subprocess.run(command, input=f"\n{script}", capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert "no secret it" in result.stderr


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_a_file_is_not_put_into_a_directory_of_its_name(shell: str, tmp_path: Path) -> None:
    (tmp_path / "wanted").mkdir()
    owner = f"{getpass.getuser()}:{grp.getgrgid(os.getgid()).gr_name}"
    call = shlex.join(["step_file", str(tmp_path / "wanted"), owner, "0644", "-rw-r--r--", "content"])
    script = f"{runtime('linux')}\nmode=apply uid=0 work={tmp_path}\n({call})\n"
    done = subprocess.run([shell, "-s"], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "wanted is there, but it is a directory" in done.stderr
    assert list((tmp_path / "wanted").iterdir()) == []
