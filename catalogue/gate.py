"""A reverse proxy in front of Ollama on a rented machine: it tells whether anybody uses the models, and can close.

Who needs an Ollama where a gate stands gets the gate. Lists of models and health probes pass it and count for nothing.
"""

from __future__ import annotations

from catalogue.definition import Definition, Healthcheck, Image, Probe

DEFINITION = Definition(
    kind="gate",
    summary="Gate: knows whether the models are used",
    image=Image(name="gate"),
    port=11435,
    container_port=11434,
    memory_mb=256,
    cpus=1.0,
    environment={"GATE_UPSTREAM": "http://${address.ollama}", "GATE_PORT": "${service.port}"},
    healthcheck=Healthcheck(
        test=(
            "CMD",
            "python",
            "-c",
            "import urllib.request; urllib.request.urlopen('http://127.0.0.1:11434/live', timeout=4)",
        ),
        start_period=30,
    ),
    probe=Probe(method="GET", path="/api/tags", status=200),
    needs=("ollama",),
    stands_before="ollama",
)
