"""Ollama in a container: language models on a processor or on an NVIDIA card. On a Mac use ollama-native."""

from __future__ import annotations

from catalogue.definition import Definition, Healthcheck, Image, Probe, Volume

DEFINITION = Definition(
    kind="ollama",
    summary="Ollama: language models over HTTP",
    image=Image(
        name="ollama",
        official="docker.io/ollama/ollama:0.40.0"
        "@sha256:1bef639749741b375e9a1eb2c1346fb57ce52f5432de1f74846e44ccc18e1687",
    ),
    port=11434,
    container_port=11434,
    memory_mb=2048,
    cpus=2.0,
    disk_gb=5,
    environment={"OLLAMA_HOST": "0.0.0.0:11434", "OLLAMA_KEEP_ALIVE": "30m"},
    volumes=(Volume(name="models", path="/root/.ollama"),),
    healthcheck=Healthcheck(test=("CMD", "ollama", "list"), start_period=30),
    probe=Probe(method="GET", path="/api/tags", status=200),
    serves_models=True,
    uses_gpu=True,
)
