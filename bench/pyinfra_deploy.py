"""What bench/host_steps.py brings about, for pyinfra; runs in pyinfra's own environment."""

from io import StringIO

from pyinfra.context import host
from pyinfra.operations import files

DIRECTORIES = 13
FILES = 12
USER = "admin"

folder = host.data.folder
for number in range(DIRECTORIES):
    files.directory(f"{folder}/{number:02}", user=USER, group=USER, mode="750", _sudo=True)
for number in range(FILES):
    content = StringIO(f"number = {number}\n")
    files.put(content, f"{folder}/{number:02}/file", user="root", group="root", mode="644", _sudo=True)
