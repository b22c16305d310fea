"""The connector of a Cloudflare tunnel: public names reach the platform through it, and no port is opened.

Its token comes from components/tunnel.py, in a file; where names lead to is configured at Cloudflare.
"""

from __future__ import annotations

from catalogue.definition import Definition, File, Healthcheck, Image, Probe

DEFINITION = Definition(
    kind="tunnel",
    summary="Connector of the Cloudflare tunnel",
    image=Image(
        name="cloudflared",
        official="docker.io/cloudflare/cloudflared:2026.9.3"
        "@sha256:072c067d25ccbe61d46e18f0d0723255f2bb5304f7317caa95b27031520ff92c",
    ),
    port=20241,
    container_port=20241,
    memory_mb=128,
    cpus=0.5,
    command=("tunnel", "--no-autoupdate", "--metrics", "0.0.0.0:20241", "run"),
    environment={"TUNNEL_TOKEN_FILE": "/run/secrets/tunnel_token"},
    files=(File(path="/run/secrets/tunnel_token", template="${secret.tunnel-token}"),),
    user="65532:65532",
    healthcheck=Healthcheck(
        test=("CMD", "cloudflared", "tunnel", "--metrics", "127.0.0.1:20241", "ready"), start_period=30
    ),
    probe=Probe(method="GET", path="/ready", status=200),
    # A rehearsal would join the tunnel and be sent real requests.
    rehearsed=False,
)
