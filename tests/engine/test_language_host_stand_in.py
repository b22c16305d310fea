"""The language host stand-in on the real engine. Without it installed the official host serves the same tests."""

import signal
import subprocess
import time
from pathlib import Path

from tests.engine.conftest import STACK, Engine
from toolchain.places import ROOT

REFUSING_PACK = """
from concurrent import futures

import grpc
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2


class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    def GetAnalyzerInfo(self, request, context):
        return analyzer_pb2.AnalyzerInfo(name="pack", version="0.0.1")

    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version="0.0.1")

    def Analyze(self, request, context):
        found = analyzer_pb2.AnalyzeDiagnostic(
            policyName="none", policyPackName="pack", policyPackVersion="0.0.1", message="no numbers here",
            urn=request.urn, enforcementLevel=analyzer_pb2.MANDATORY)
        return analyzer_pb2.AnalyzeResponse(diagnostics=[found] if "Integer" in request.type else [])

    def AnalyzeStack(self, request, context):
        return analyzer_pb2.AnalyzeResponse()


server = grpc.server(futures.ThreadPoolExecutor(4))
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
"""


SLOW_PROVIDER = """
import pathlib
import sys
import time

sys.path.insert(0, {root!r})
from providers.common.resource import Provider, Resource, Snapshot
from providers.common.server import serve


class Thing(Resource):
    token = "slow:index:Thing"
    fields = {{}}

    def create(self, inputs, call):
        pathlib.Path({mark!r}).touch()
        time.sleep(3)
        return Snapshot("made", {{}})

    def read(self, identifier, state, call):
        return Snapshot(identifier, state)

    def update(self, identifier, state, inputs, call):
        return state

    def delete(self, identifier, state, call):
        pass


class Slow(Provider):
    name, version, resources = "slow", "0.0.1", {{Thing.token: Thing()}}

    def configure(self, configuration):
        pass


serve(Slow())
"""


def test_configuration_secrets_and_outputs_reach_the_program(engine: Engine) -> None:
    engine.program("""
        import os
        import pulumi

        config = pulumi.Config()
        print("printed by the program")
        pulumi.export("plain", config.require("plain"))
        pulumi.export("secret", config.require_secret("secret"))
        pulumi.export("stack", f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")
        pulumi.export("folder", os.getcwd())
        pulumi.export("settings", os.environ.get("PULUMI_PROGRAM_SETTINGS", "none"))
    """)
    engine.configure("plain", "p")
    engine.configure("secret", "hidden-value", "--secret")
    said = engine.up()
    assert "printed by the program" in said
    assert "hidden-value" not in said
    outputs = engine.outputs()
    assert outputs.pop("folder") == str(engine.folder)
    assert outputs == {"plain": "p", "secret": "hidden-value", "stack": "organization/tiny/test", "settings": "none"}


def test_a_run_error_shows_its_message_without_a_traceback(engine: Engine) -> None:
    engine.program("""
        import pulumi

        raise pulumi.RunError("the key 'x' is missing")
    """)
    done = engine.pulumi("preview", "-s", STACK, check=False)
    assert done.returncode != 0
    assert "the key 'x' is missing" in done.stdout
    assert "Traceback" not in done.stdout


def test_an_unhandled_exception_shows_the_programs_own_traceback_once(engine: Engine) -> None:
    engine.program("""
        def broken():
            raise ValueError("out of range")


        broken()
    """)
    done = engine.pulumi("preview", "-s", STACK, check=False)
    assert done.returncode != 0
    assert done.stdout.count("Traceback (most recent call last)") == 1
    assert done.stdout.count("ValueError: out of range") == 1
    assert "in broken" in done.stdout
    assert "runpy" not in done.stdout


def test_an_exit_status_of_the_program_is_told(engine: Engine) -> None:
    engine.program("raise SystemExit(7)")
    done = engine.pulumi("preview", "-s", STACK, check=False)
    assert "Program exited with non-zero exit code: 7" in done.stdout


def test_a_missing_virtual_environment_is_told_with_the_command_that_makes_it(engine: Engine) -> None:
    engine.program("")
    (engine.folder / "Pulumi.yaml").write_text("name: tiny\nruntime: {name: python, options: {virtualenv: gone}}\n")
    done = engine.pulumi("preview", "-s", STACK, check=False)
    assert done.returncode != 0
    assert "virtualenv" in done.stdout
    assert "gone" in done.stdout
    assert "python3 -m venv" in done.stdout


def test_an_interrupt_ends_the_program_without_a_traceback(engine: Engine, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    engine.program(f"""
        import pathlib
        import time

        pathlib.Path({str(mark)!r}).touch()
        time.sleep(300)
    """)
    said = interrupted(engine, mark, "preview")
    assert "Traceback" not in said
    assert "KeyboardInterrupt" not in said


def test_a_provider_in_a_folder_runs_with_the_python_of_its_own_project_file(engine: Engine) -> None:
    engine.program("""
        import pulumi
        import pulumi_random

        pulumi.export("number", pulumi_random.RandomInteger("number", min=3, max=3).result)
    """)
    provider = engine.folder / "provider"
    provider.mkdir()
    project = (engine.folder / "Pulumi.yaml").read_text()
    (provider / "PulumiPlugin.yaml").write_text(project.replace("name: tiny\n", "", 1))
    (provider / "__main__.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from providers.common.server import serve\n"
        "from simulators.plugins.random.provider import RandomProvider\n"
        "print('started by path', file=sys.stderr)\n"
        "serve(RandomProvider())\n"
    )
    (engine.folder / "Pulumi.yaml").write_text(
        f"{project}plugins:\n  providers: [{{name: random, path: ./provider}}]\n"
    )
    said = engine.pulumi("up", "-s", STACK, "--yes", "--skip-preview", "--debug").stdout
    assert "started by path" in said
    assert engine.outputs() == {"number": 3}
    engine.destroy()


def test_an_interrupt_lets_a_provider_in_a_folder_finish_what_it_has_begun(engine: Engine, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    engine.program("import pulumi; pulumi.CustomResource('slow:index:Thing', 'thing', {})")
    provider = engine.folder / "provider"
    provider.mkdir()
    project = (engine.folder / "Pulumi.yaml").read_text()
    (provider / "PulumiPlugin.yaml").write_text(project.replace("name: tiny\n", "", 1))
    (provider / "__main__.py").write_text(SLOW_PROVIDER.format(root=str(ROOT), mark=str(mark)))
    (engine.folder / "Pulumi.yaml").write_text(f"{project}plugins:\n  providers: [{{name: slow, path: ./provider}}]\n")
    said = interrupted(engine, mark, "up", "--yes", "--skip-preview")
    assert "Traceback" not in said
    assert engine.resources()["thing"]["id"] == "made"


def test_a_policy_pack_runs_and_can_refuse(engine: Engine) -> None:
    engine.program("""
        import pulumi_random

        pulumi_random.RandomInteger("number", min=1, max=2)
    """)
    pack = engine.folder / "pack"
    pack.mkdir()
    project = (engine.folder / "Pulumi.yaml").read_text()
    (pack / "PulumiPolicy.yaml").write_text(project.replace("name: tiny", "version: 0.0.1", 1))
    (pack / "__main__.py").write_text(REFUSING_PACK)
    done = engine.pulumi("preview", "-s", STACK, "--policy-pack", str(pack), check=False)
    assert "no numbers here" in done.stdout
    assert done.returncode != 0


def interrupted(engine: Engine, mark: Path, *arguments: str) -> str:
    """What a run says that is interrupted once `mark` exists; it must fail, and soon."""
    with subprocess.Popen(
        engine.command(arguments[0], "-s", STACK, *arguments[1:]),
        cwd=engine.folder,
        env=engine.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as run:
        end = time.monotonic() + 60
        while not mark.exists() and time.monotonic() < end:
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        said, _ = run.communicate(timeout=30)
    assert run.returncode != 0
    return said
