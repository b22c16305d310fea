"""The language host's service: what the engine asks of a language, answered for Python."""

import queue
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from typing_extensions import override

from simulators.plugins.language_python import execution, packages
from simulators.plugins.language_python.children import Children
from simulators.plugins.language_python.installation import InstallationError, install_dependencies
from simulators.plugins.language_python.interpreter import Interpreter, InterpreterError, find_interpreter
from simulators.plugins.language_python.protocol import (
    language_pb2,
    language_pb2_grpc,
    plugin_pb2,
    sdk_version,
)


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Serves one engine. Programs and plugins run in child processes with the Python of their project.

    A cancellation ends programs only: plugins get their own from the engine and finish what they have begun.
    """

    def __init__(self, engine_address: str, programs: Children, plugins: Children) -> None:
        self._engine_address = engine_address
        self._programs, self._plugins = programs, plugins

    @override
    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        self._engine_address = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    @override
    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=sdk_version())

    @override
    def GetRequiredPlugins(
        self, request: language_pb2.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        plugins = packages.required_plugins(_interpreter(request.info, context))
        return language_pb2.GetRequiredPluginsResponse(plugins=plugins)

    @override
    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        required = packages.required_packages(_interpreter(request.info, context))
        return language_pb2.GetRequiredPackagesResponse(packages=required)

    @override
    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        found = packages.dependencies(_interpreter(request.info, context))
        return language_pb2.GetProgramDependenciesResponse(dependencies=found)

    @override
    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext) -> language_pb2.AboutResponse:
        interpreter = _interpreter(request.info, context)
        command = [str(interpreter.executable), "--version"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
        return language_pb2.AboutResponse(
            executable=str(interpreter.executable), version=answer.removeprefix("Python ").strip()
        )

    @override
    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        root, folder = Path(request.info.root_directory), Path(request.directory)
        try:
            for line in install_dependencies(root, folder, MessageToDict(request.info.options)):
                yield language_pb2.InstallDependenciesResponse(stdout=line)
        except InstallationError as error:
            _refuse(context, error)

    @override
    def RuntimeOptionsPrompts(
        self, request: language_pb2.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> language_pb2.RuntimeOptionsResponse:
        return language_pb2.RuntimeOptionsResponse()

    @override
    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        planned = execution.program_execution(request, self._engine_address, _interpreter(request.info, context))
        child = self._programs.start(planned.command, planned.folder, planned.environ)
        context.add_callback(lambda: self._programs.stop([child]))
        return execution.run_response(self._programs.wait(child))

    @override
    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        planned = execution.plugin_execution(request, _interpreter(request.info, context))
        child = self._plugins.start(planned.command, planned.folder, planned.environ, piped=True)
        context.add_callback(lambda: self._plugins.stop([child]))
        yield from _outputs(child)
        yield language_pb2.RunPluginResponse(exitcode=self._plugins.wait(child))

    @override
    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        self._programs.stop()
        return Empty()


def _interpreter(info: language_pb2.ProgramInfo, context: grpc.ServicerContext) -> Interpreter:
    try:
        return find_interpreter(Path(info.root_directory), MessageToDict(info.options))
    except InterpreterError as error:
        _refuse(context, error)


def _refuse(context: grpc.ServicerContext, error: Exception) -> NoReturn:
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
    raise error


def _outputs(child: subprocess.Popen[bytes]) -> Iterator[language_pb2.RunPluginResponse]:
    """Both outputs of `child` in the order in which they come, until both are closed."""
    arrived: queue.SimpleQueue[language_pb2.RunPluginResponse | None] = queue.SimpleQueue()

    def forward(name: str, stream: IO[bytes]) -> None:
        while chunk := stream.read1(65536):  # type: ignore[attr-defined]
            arrived.put(language_pb2.RunPluginResponse(**{name: chunk}))
        arrived.put(None)

    streams = {"stdout": child.stdout, "stderr": child.stderr}
    for name, stream in streams.items():
        threading.Thread(target=forward, args=(name, stream), daemon=True).start()
    for _ in streams:
        while (response := arrived.get()) is not None:
            yield response
