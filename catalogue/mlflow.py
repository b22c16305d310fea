"""MLflow: experiments in Postgres, artefacts in the S3 store, served through MLflow's own proxy."""

from __future__ import annotations

from catalogue.definition import AUTHORITY_FILE, Database, Definition, File, Healthcheck, Image, Probe

DEFINITION = Definition(
    kind="mlflow",
    summary="MLflow: experiments and models",
    image=Image(name="mlflow"),
    port=5001,
    container_port=5000,
    memory_mb=1024,
    disk_gb=1,
    command=(
        "mlflow",
        "server",
        "--host=0.0.0.0",
        "--port=5000",
        "--workers=1",
        "--artifacts-destination=proxied-s3://mlflow/artifacts",
    ),
    environment={
        "MLFLOW_S3_ENDPOINT_URL": "http://${address.s3}",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_SERVER_ALLOWED_HOSTS": "${service.hosts}",
        "HOME": "/tmp",  # noqa: S108  (a path inside the container)
        "AWS_ACCESS_KEY_ID": "platform",
        "AWS_DEFAULT_REGION": "us-east-1",
    },
    secret_environment={
        "AWS_SECRET_ACCESS_KEY": "${password.s3}",
        "MLFLOW_BACKEND_STORE_URI": "postgresql+psycopg2://mlflow:${password.mlflow-database}@${address.postgres}/mlflow"
        "?${tls.postgres}",
    },
    files=(File(path=AUTHORITY_FILE, template="${authority.postgres}"),),
    tmpfs=("/tmp",),  # noqa: S108  (a path inside the container)
    healthcheck=Healthcheck(
        test=(
            "CMD",
            "python",
            "-c",
            "import urllib.request; urllib.request.urlopen('http://127.0.0.1:5000/health', timeout=4)",
        ),
        interval=10,
        start_period=120,
    ),
    probe=Probe(method="GET", path="/health", status=200),
    needs=("postgres", "s3"),
    database=Database(name="mlflow", role="mlflow"),
    bucket="mlflow",
    routable=True,
)
