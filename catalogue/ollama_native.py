"""Ollama on a Mac's own Metal, under a LaunchDaemon: in a container it would be about 190 times slower."""

from __future__ import annotations

from catalogue.definition import Definition, Probe

DEFINITION = Definition(
    kind="ollama-native",
    summary="Ollama on Metal",
    native=True,
    port=11434,
    container_port=11434,
    memory_mb=512,
    disk_gb=1,
    probe=Probe(method="GET", path="/api/tags", status=200),
    serves_models=True,
)
