"""Files that nobody but their owner reads."""

from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Replaces the file in one step; it is never there half, nor readable for others."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(0o600, exist_ok=False)
    part.write_bytes(content)
    part.replace(path)
