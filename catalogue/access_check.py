"""What the proxy asks before it lets a request through: does its assertion of Cloudflare Access hold for that name?

Names and audiences come from components/edge.py, in a file that is read again when it changes; the team's keys are
fetched from Cloudflare.
"""

from __future__ import annotations

from catalogue.definition import VERSION, Definition, File, Healthcheck, Image, Live, Probe

FOLDER, AUDIENCES = "/live", "audiences.json"

DEFINITION = Definition(
    kind="access-check",
    summary="Checks the logins of requests that reach the proxy",
    image=Image(name="access-check"),
    port=8089,
    container_port=8089,
    memory_mb=256,
    cpus=1.0,
    disk_gb=0.1,
    read_only=True,
    environment={
        "ACCESS_ISSUER": "${access.issuer}",
        "ACCESS_CERTIFICATES_URL": "${access.certificates}",
        "ACCESS_AUDIENCES_FILE": f"{FOLDER}/current/{AUDIENCES}",
        "ACCESS_PORT": "${service.port}",
    },
    live=Live(
        folder=FOLDER,
        files=(
            File(path=AUDIENCES, template=f'{{"version": "{VERSION}", "audiences": ${{secret.access-audiences}}}}\n'),
        ),
        check=("python", "-m", "access_check.audiences"),
        version=("python", "-m", "access_check.version"),
    ),
    # Healthy once it has keys: a mistyped team shows before anything relies on it.
    healthcheck=Healthcheck(
        test=(
            "CMD",
            "python",
            "-c",
            "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8089/keys', timeout=4)",
        ),
        start_period=30,
    ),
    probe=Probe(method="GET", path="/ready", status=200),
)
