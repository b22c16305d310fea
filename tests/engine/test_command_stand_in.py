"""The command stand-in on the real engine: on this machine and over SSH to a throwaway server."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import STACK, Engine
from tests.engine.sshd import Sshd, running_sshd


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    with running_sshd(folder) as server:
        yield server


def local(engine: Engine, arguments: str) -> None:
    engine.program(f"""
        import pulumi
        from pulumi_command import local

        command = local.Command("command", {arguments})
        pulumi.export("stdout", command.stdout)
        pulumi.export("stderr", command.stderr)
    """)


def remote(engine: Engine, connection: dict[str, object], arguments: str, kind: str = "Command") -> None:
    engine.program(f"""
        import pulumi
        from pulumi_command import remote

        thing = remote.{kind}("thing", connection={connection!r}, {arguments})
        if hasattr(thing, "stdout"):
            pulumi.export("stdout", thing.stdout)
    """)


def test_each_operation_runs_its_own_command(engine: Engine, tmp_path: Path) -> None:
    log = tmp_path / "log"
    commands = f"create='echo c $X $(cat) >>{log}; echo out; echo err >&2', update='echo u >>{log}; echo new',"
    commands += f"delete='echo d >>{log}', environment={{'X': %r}}, stdin='in'"
    local(engine, commands % "1")
    engine.preview()
    assert not log.exists()
    engine.up()
    assert engine.outputs() == {"stdout": "out", "stderr": "err"}
    engine.preview("--expect-no-changes")
    local(engine, commands % "2")
    engine.up()
    assert engine.outputs() == {"stdout": "new", "stderr": ""}
    engine.destroy()
    assert log.read_text() == "c 1 in\nu\nd\n"


def test_what_uses_the_output_of_a_changed_command_is_previewed_as_changed(engine: Engine) -> None:
    program = """
        from pulumi_command import local

        first = local.Command("first", create="echo same", environment={{"X": "{value}"}})
        local.Command("second", create="cat", stdin=first.stdout)
    """
    engine.program(program.format(value=1))
    engine.up()
    engine.program(program.format(value=2))
    assert "2 to update" in engine.preview()


def test_without_an_update_command_a_change_runs_create_again_and_a_trigger_replaces(
    engine: Engine, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    commands = f"create='echo c $PULUMI_COMMAND_STDOUT >>{log}; echo before', delete='echo d >>{log}'"
    local(engine, f"{commands}, triggers=[1]")
    engine.up()
    local(engine, f"{commands}, triggers=[1], dir={str(tmp_path)!r}")
    engine.up()
    local(engine, f"{commands}, triggers=[2], dir={str(tmp_path)!r}")
    engine.up()
    assert log.read_text() == "c\nc before\nc\nd\n"


def test_a_failure_tells_command_and_output_but_never_the_input(engine: Engine) -> None:
    local(engine, "create='echo half done; echo why >&2; exit 3', stdin='top-secret'")
    said = engine.up(check=False)
    assert 'exit status 3: running "echo half done; echo why >&2; exit 3"' in said
    assert "half done" in said
    assert "why" in said
    assert "top-secret" not in said
    assert "command" not in engine.resources()


def test_lines_are_shown_while_logging_allows_it_and_may_have_any_length(engine: Engine) -> None:
    write = "head -c 200000 /dev/zero | tr '\\\\0' x; echo; echo shown-line; echo hidden-line >&2"
    local(engine, f'create="{write}", logging=local.Logging.STDOUT')
    said = engine.up()
    assert "shown-line" in said
    assert "hidden-line" not in said.partition("Outputs:")[0]


def test_the_interpreter_and_the_folder_are_used(engine: Engine, tmp_path: Path) -> None:
    local(engine, f"create='import os; print(os.getcwd())', interpreter=['python3', '-c'], dir={str(tmp_path)!r}")
    engine.up()
    assert engine.outputs()["stdout"] == str(tmp_path)


def test_an_interrupt_ends_the_command_and_its_children(engine: Engine, tmp_path: Path) -> None:
    mark = tmp_path / "child"
    local(engine, f"create='(echo $BASHPID; sh -c \"echo \\\\$\\\\$ >{mark}; exec sleep 300\") & wait'")
    with subprocess.Popen(
        engine.command("up", "-s", STACK, "--yes", "--skip-preview"),
        cwd=engine.folder, env=engine.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as run:  # fmt: skip
        child = _process_in(mark)
        run.send_signal(signal.SIGINT)
        said, _ = run.communicate(timeout=30)
    assert run.returncode != 0
    assert "Traceback" not in said
    assert not _runs(child)


def test_a_remote_command_gets_its_input_and_hides_the_connection(engine: Engine, sshd: Sshd) -> None:
    remote(engine, sshd.connection(), "create='cat; echo -$ACCEPTED-', stdin='hello', environment={'ACCEPTED': 'yes'}")
    engine.up()
    assert engine.outputs()["stdout"] == "hello-yes-"
    assert sshd.private_key not in str(engine.resources()["thing"])
    engine.preview("--expect-no-changes")
    engine.destroy()


def test_a_secret_input_of_a_remote_command_stays_secret(engine: Engine, sshd: Sshd) -> None:
    arguments = "create='cat >/dev/null; exit 4', stdin=pulumi.Output.secret('very-secret')"
    remote(engine, sshd.connection(), arguments)
    said = engine.up(check=False)
    assert "Process exited with status 4" in said
    assert "very-secret" not in said
    remote(engine, sshd.connection(), arguments.replace("exit 4", "true"))
    engine.up()
    assert "very-secret" not in str(engine.resources())


def test_another_host_key_a_refused_variable_and_a_closed_port_are_told(engine: Engine, sshd: Sshd) -> None:
    other = sshd.host_key.replace(
        sshd.host_key.split()[1], "AAAAC3NzaC1lZDI1NTE5AAAAIJqFnkTnYpF1hdfW8cMEEjR2sVnSMPcCxyyE9JqSkkKW"
    )
    remote(engine, sshd.connection(host_key=other, dial_error_limit=1), "create='true'")
    assert "Host key is not trusted" in engine.up(check=False)
    remote(engine, sshd.connection(), "create='true', environment={'REFUSED': 'x'}")
    assert "does not accept the environment variable REFUSED" in engine.up(check=False)
    remote(engine, sshd.connection(port=1, dial_error_limit=3), "create='true'")
    assert "after 3 failed attempts" in engine.up(check=False)


def test_copies_are_made_again_only_for_new_content_or_a_new_path(engine: Engine, sshd: Sshd, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "new" / "folder" / "target"
    source.write_text("one")
    arguments = f"source=pulumi.FileAsset({str(source)!r}), remote_path={str(target)!r}"
    remote(engine, sshd.connection(), arguments, "CopyToRemote")
    engine.up()
    assert target.read_text() == "one"
    target.unlink()
    remote(engine, sshd.connection(dial_error_limit=9), arguments, "CopyToRemote")
    engine.up()
    assert not target.exists()
    source.write_text("two")
    engine.up()
    assert target.read_text() == "two"
    engine.destroy()
    assert target.read_text() == "two"


def test_a_folder_is_copied_with_all_below_it_and_a_text_to_a_file(engine: Engine, sshd: Sshd, tmp_path: Path) -> None:
    source = tmp_path / "tree"
    (source / "below").mkdir(parents=True)
    (source / "below" / "file").write_text("deep")
    folder = f"source=pulumi.FileArchive({str(source)!r}), remote_path={str(tmp_path / 'copy')!r}"
    remote(engine, sshd.connection(), folder, "CopyToRemote")
    engine.up()
    assert (tmp_path / "copy" / "below" / "file").read_text() == "deep"
    text = f"source=pulumi.StringAsset('text'), remote_path={str(tmp_path / 'text')!r}"
    remote(engine, sshd.connection(), text, "CopyToRemote")
    engine.up()
    assert (tmp_path / "text").read_text() == "text"


def _process_in(file: Path) -> int:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if file.exists() and file.read_text().strip():
            process = int(file.read_text())
            os.kill(process, 0)
            return process
        time.sleep(0.05)
    raise TimeoutError(f"no process wrote {file}")


def _runs(process: int) -> bool:
    """Whether the process exists and is more than a leftover that its parent has not collected."""
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
