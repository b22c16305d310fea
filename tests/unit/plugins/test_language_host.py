"""Which Python runs a project, with which plugins, and what the engine is told of its end."""

import json
from pathlib import Path

import pytest

from simulators.plugins.language_python.execution import plugin_execution, program_execution, run_response
from simulators.plugins.language_python.interpreter import Interpreter, InterpreterError, find_interpreter
from simulators.plugins.language_python.packages import required_packages
from simulators.plugins.language_python.protocol import language_pb2


@pytest.fixture
def interpreter(tmp_path: Path) -> Interpreter:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    return find_interpreter(tmp_path, {"virtualenv": ".venv"})


def test_a_virtual_environment_is_activated_for_the_program(interpreter: Interpreter) -> None:
    environ = interpreter.environ({"PATH": "/bin", "PYTHONHOME": "/old", "KEPT": "1"})
    folder = interpreter.executable.parent
    assert environ == {"PATH": f"{folder}:/bin", "VIRTUAL_ENV": str(folder.parent), "KEPT": "1"}


@pytest.mark.parametrize(
    ("options", "part"), [({"virtualenv": "gone"}, "python3 -m venv"), ({"toolchain": "poetry"}, "use pip or uv")]
)
def test_an_unusable_python_is_told_with_the_remedy(tmp_path: Path, options: dict[str, object], part: str) -> None:
    with pytest.raises(InterpreterError, match=part):
        find_interpreter(tmp_path, options)


def test_the_uv_toolchain_has_its_environment_in_the_usual_place(tmp_path: Path, interpreter: Interpreter) -> None:
    assert find_interpreter(tmp_path, {"toolchain": "uv"}) == interpreter


def test_secrets_of_the_configuration_are_in_the_environment_and_not_in_the_arguments(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    request = language_pb2.RunRequest(pwd=str(tmp_path), config={"p:k": "hidden"}, configSecretKeys=["p:k"])
    planned = program_execution(request, "127.0.0.1:1", interpreter)
    assert "hidden" not in " ".join(planned.command)
    assert json.loads(planned.environ["PULUMI_CONFIG"]) == {"p:k": "hidden"}
    assert json.loads(planned.environ["PULUMI_PROGRAM_SETTINGS"])["organization"] == "organization"


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [("resource", ["/plugin", "address"]), ("analyzer", ["-m", "pulumi.policy", "address", "/plugin"])],
)
def test_providers_and_policy_packs_are_started_as_the_sdk_expects(
    interpreter: Interpreter, kind: str, arguments: list[str]
) -> None:
    info = language_pb2.ProgramInfo(program_directory="/plugin")
    request = language_pb2.RunPluginRequest(kind=kind, args=["address"], env=["A=b=c"], info=info, pwd="/")
    planned = plugin_execution(request, interpreter)
    assert planned.command == [str(interpreter.executable), "-u", *arguments]
    assert planned.environ["A"] == "b=c"


@pytest.mark.parametrize(
    ("status", "error", "bail"),
    [
        (0, "", False),
        (32, "", True),
        (130, "", True),
        (1, "Program exited with non-zero exit code: 1", False),
        (-9, "Program was ended by signal 9", False),
    ],
)
def test_the_end_of_a_program_is_told_once(status: int, error: str, bail: bool) -> None:
    assert run_response(status) == language_pb2.RunResponse(error=error, bail=bail)


def test_plugins_are_those_that_installed_packages_name(interpreter: Interpreter, tmp_path: Path) -> None:
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    for name, description in {
        "pulumi_one": {"resource": True, "name": "one", "version": "1.2.3"},
        "pulumi_two_words": {"resource": True},
        "pulumi_none": {"resource": False},
    }.items():
        (packages / name).mkdir(parents=True)
        (packages / name / "pulumi-plugin.json").write_text(json.dumps(description))
    found = required_packages(interpreter)
    assert [(each.name, each.version, each.kind) for each in found] == [
        ("one", "1.2.3", "resource"),
        ("two-words", "", "resource"),
    ]
