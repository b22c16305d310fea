"""Which Pulumi plugins a project needs: the `pulumi-plugin.json` files of its installed packages."""

import json
from pathlib import Path

from simulators.plugins.language_python.interpreter import Interpreter
from simulators.plugins.language_python.protocol import language_pb2, plugin_pb2


def required_plugins(interpreter: Interpreter) -> list[plugin_pb2.PluginDependency]:
    """One entry per installed package that says it has a resource plugin, sorted by name."""
    described = [
        (json.loads(file.read_text(encoding="utf-8")), file.parent.name)
        for folder in interpreter.site_packages()
        for file in sorted(Path(folder).glob("*/pulumi-plugin.json"))
    ]
    return [_plugin(description, package) for description, package in described if description.get("resource")]


def required_packages(interpreter: Interpreter) -> list[plugin_pb2.PackageDependency]:
    """The same plugins in the engine's newer form, without parameterization."""
    return [
        plugin_pb2.PackageDependency(name=one.name, kind=one.kind, version=one.version, server=one.server)
        for one in required_plugins(interpreter)
    ]


def dependencies(interpreter: Interpreter) -> list[language_pb2.DependencyInfo]:
    """Every installed Python package with its version, sorted by name."""
    from importlib.metadata import distributions  # noqa: PLC0415  (25 ms that a preview need not pay)

    installed = {one.metadata["Name"]: one.version for one in distributions(path=interpreter.site_packages())}
    return [language_pb2.DependencyInfo(name=name, version=installed[name]) for name in sorted(installed)]


def _plugin(description: dict[str, object], package: str) -> plugin_pb2.PluginDependency:
    name = description.get("name") or package.removeprefix("pulumi_").replace("_", "-")
    return plugin_pb2.PluginDependency(
        name=str(name),
        kind="resource",
        version=str(description.get("version") or ""),
        server=str(description.get("server") or ""),
    )
