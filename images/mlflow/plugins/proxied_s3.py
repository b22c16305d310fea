"""MLflow artifact storage `proxied-s3://bucket/path`: S3, with every byte passing through the tracking server.

Plain `s3://` makes the server (3.15 and later) hand its clients presigned addresses of the object store, which fail
after minutes of retries where only the server can reach that store, and no server setting turns that off. This class
offers the server none of the direct transfers, so it carries the data itself. Registered as an MLflow plugin.
"""

from typing import Any

from mlflow.entities import FileInfo
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.s3_artifact_repo import S3ArtifactRepository

SCHEME = "proxied-s3://"


class ProxiedS3ArtifactRepository(ArtifactRepository):
    """Hands each operation to MLflow's own S3 storage, which reads endpoint and keys from the environment."""

    def __init__(self, artifact_uri: str, *arguments: Any, **options: Any) -> None:
        super().__init__(artifact_uri, *arguments, **options)
        self._s3 = S3ArtifactRepository(f"s3://{artifact_uri.removeprefix(SCHEME)}", *arguments, **options)

    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None:
        self._s3.log_artifact(local_file, artifact_path)

    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
        self._s3.log_artifacts(local_dir, artifact_path)

    def list_artifacts(self, path: str | None = None) -> list[FileInfo]:
        return self._s3.list_artifacts(path)

    def _download_file(self, remote_file_path: str, local_path: str) -> None:
        self._s3._download_file(remote_file_path, local_path)

    def delete_artifacts(self, artifact_path: str | None = None) -> None:
        self._s3.delete_artifacts(artifact_path)
