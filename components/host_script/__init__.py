"""Renders the one shell script that makes a host what its specification says. Knows nothing of Pulumi.

`render_script(HostSpec(...))` is the script, `parse_report(stdout)` reads what it printed.
"""

from components.host_script.render import render_script
from components.host_script.report import Report, StepResult, parse_report
from components.host_script.spec import Colima, Directory, HostSpec, Ollama, Package

__all__ = [
    "Colima",
    "Directory",
    "HostSpec",
    "Ollama",
    "Package",
    "Report",
    "StepResult",
    "parse_report",
    "render_script",
]
