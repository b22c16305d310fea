from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from operations.rehearsal.arguments import create_arguments
from operations.rehearsal.candidate import report, trouble
from operations.rehearsal.spec import RehearsalSpec, Upload
from operations.rehearsal.uploads import covered, secrets_of

GOOD: dict[str, Any] = {
    "environment": "dev", "service": "embed", "image": "sha256:1", "network": "ai-platform-dev",
    "entrypoint": ["/bin/sh", "-c", "run"], "command": ["--port", "80"], "env": ["A=1"], "scratch_paths": ["/data"],
    "uploads": [{"file": "/run/secrets/KEY", "content": "correct horse", "permissions": "0444"}],
    "tmpfs": {"/tmp": "mode=1777"}, "memory_mb": 64, "cpus": "0.5", "cap_drop": ["ALL"],
    "healthcheck": {"tests": ["CMD", "test", "-f", "/a b"], "timeout": "3s"},
}  # fmt: skip


def arguments(**change: Any) -> list[str]:
    return create_arguments(RehearsalSpec.model_validate({**GOOD, **change}), "/environment")


def test_a_candidate_has_no_port_no_alias_no_restart_and_no_live_volume() -> None:
    given_arguments = arguments()
    assert not {"--publish", "-p", "--network-alias", "--publish-all"} & set(given_arguments)
    assert given_arguments[given_arguments.index("--restart") + 1] == "no"
    assert [given_arguments[at + 1] for at, one in enumerate(given_arguments) if one == "--volume"] == ["/data"]


def test_a_live_volume_can_only_be_read() -> None:
    given_arguments = arguments(scratch_paths=[], read_only_volumes=[{"name": "live", "path": "/models"}])
    mounted = [given_arguments[at + 1] for at, one in enumerate(given_arguments) if one == "--volume"]
    assert mounted == ["live:/models:ro"]


def test_a_candidate_never_carries_the_services_own_label() -> None:
    assert not [one for one in arguments() if one.startswith("ai-platform.service=")]


def test_neither_files_nor_variables_stand_in_arguments() -> None:
    told = " ".join(arguments(env=["TOKEN=hunter2hunter2"]))
    assert "correct horse" not in told
    assert "hunter2" not in told


def test_the_rest_of_the_entrypoint_comes_before_the_command() -> None:
    assert arguments()[-5:] == ["sha256:1", "-c", "run", "--port", "80"]
    assert arguments(entrypoint=[])[-3:] == ["sha256:1", "--port", "80"]


@pytest.mark.parametrize(
    ("tests", "command"),
    [
        (["CMD", "test", "-f", "/a b"], "test -f '/a b'"),
        (["CMD-SHELL", "test -f '/a b' || exit 1"], "test -f '/a b' || exit 1"),
    ],
)
def test_a_check_means_the_same_through_the_shell(tests: list[str], command: str) -> None:
    given_arguments = arguments(healthcheck={"tests": tests, "timeout": "3s"})
    assert given_arguments[given_arguments.index("--health-cmd") + 1] == command


def test_a_variable_of_several_lines_is_given_beside_the_file_that_holds_one_a_line() -> None:
    given_arguments = arguments(env=["A=1", "B=2\n3"])
    assert given_arguments[given_arguments.index("--env") + 1] == "B=2\n3"
    assert "A=1" not in given_arguments


@pytest.mark.parametrize("entry", ["NO_VALUE", "NO\nVALUE=2"])
def test_what_is_no_variable_is_refused_without_its_value(entry: str) -> None:
    with pytest.raises(ValidationError, match="entry 0 is not KEY=VALUE"):
        RehearsalSpec.model_validate({**GOOD, "env": [entry]})


@given(st.lists(st.text(min_size=1), min_size=1), st.text(), st.lists(st.text()))
def test_no_line_of_a_file_survives_in_a_log(lines: list[str], around: str, redact: list[str]) -> None:
    content = "\n".join(lines)
    secrets = secrets_of([Upload(file="/f", content=content)], redact)
    log = covered(around.join([content, *lines, *redact]), secrets)
    for text in {*content.splitlines(), *redact}:
        bare = text.strip()
        assert len(bare) < 6 or bare in "***" or bare not in log


def test_a_secret_inside_a_url_is_covered_too() -> None:
    secrets = secrets_of([Upload(file="/f", content="p@ss/word\n")], [])
    assert covered("postgresql://u:p%40ss%2Fword@h", secrets) == "postgresql://u:***@h"


@pytest.mark.parametrize(
    ("state", "late", "cause"),
    [
        ({"Status": "running"}, False, ""),
        ({"Status": "running", "Health": {"Status": "starting", "Log": []}}, False, ""),
        ({"Status": "exited", "ExitCode": 3}, False, "it ended with exit code 3"),
        ({"Status": "exited", "ExitCode": 137, "OOMKilled": True}, False, "it ran out of its memory limit"),
        ({"Status": "running", "Health": {"Status": "starting", "Log": [{"Output": "no\n"}]}}, True,
         "it was not healthy within 9 s; last check: no"),
        ({"Status": "running", "Health": {"Status": "unhealthy", "Log": [{"Output": "no"}]}}, False,
         "its health check fails; last check: no"),
    ],
)  # fmt: skip
def test_a_failure_names_its_cause(state: dict[str, Any], late: bool, cause: str) -> None:
    assert trouble(state, late, 9) == cause


@pytest.mark.parametrize(
    ("log", "told"), [("a\nb\n", "it ended\nits last 50 lines:\na\nb"), (" \n", "it ended; it said nothing")]
)
def test_the_lines_of_a_log_are_announced_only_when_there_are_any(log: str, told: str) -> None:
    assert report("it ended", log) == told
