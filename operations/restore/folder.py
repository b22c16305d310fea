"""Restores data of a service that runs on a Mac itself: into a folder beside the live one. Then both change names."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass

from hosts.mac.launch_daemon import LaunchDaemon
from operations.backup.redis_server import RedisServer
from operations.model_shell import running
from operations.ollama.deadline import Deadline
from operations.restore.restored import stamp

SECONDS = 60.0
SWITCH_SECONDS = 180.0
START_SECONDS = 300.0
MAKE = 'umask 077 && mkdir "$1"'
REMOVE = 'rm -rf "$1"'
UNPACK = 'exec tar -C "$1" -xpf -'
PACK = 'COPYFILE_DISABLE=1; export COPYFILE_DISABLE; exec tar -C "$1" -cf - .'
LOOK = 'PATH="$1:$PATH"; export PATH; exec "$2" "$3" 2>&1'
# Two names change, and the job comes back whatever happens in between: with what was there before, if need be.
SWITCH = """
live=$1 new=$2 before=$3 label=$4 plist=$5 patience=60
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }
loaded() { as_root launchctl print "system/$label" >/dev/null 2>&1; }
come_back() {
    status=$?
    if [ ! -e "$live" ]; then mv "$before" "$live"; fi
    for pause in 0 1 2 4; do
        sleep "$pause"
        if ! loaded; then as_root launchctl bootstrap system "$plist" >/dev/null 2>&1; fi
        if loaded; then exit "$status"; fi
    done
    echo "launchd does not take $plist" >&2
    exit 1
}
[ -d "$live" ] && [ -d "$new" ] || { echo "$live or $new is not there" >&2; exit 1; }
trap come_back EXIT
trap 'exit 1' HUP INT TERM PIPE
as_root launchctl bootout "system/$label" 2>/dev/null
while loaded; do
    if [ "$patience" -le 0 ]; then echo "$label does not end" >&2; exit 1; fi
    patience=$((patience - 1))
    sleep 1
done
mv "$live" "$before" && mv "$new" "$live"
"""
ANSWERS = 'until [ "$(redis-cli -p "$port" ping 2>/dev/null)" = PONG ]; do sleep 0.5; done'


@dataclass(frozen=True, kw_only=True)
class FolderTarget:
    """The folder of a server that runs on a Mac itself. `login` is what one types to get there."""

    server: RedisServer
    deadline: Deadline
    login: str

    @property
    def service(self) -> str:
        return self.server.service

    def beside(self, volume: str) -> RestoredFolder:  # noqa: ARG002  (there are none on a Mac itself)
        """An empty folder. What was saved in a container's volume fits as well: it becomes the user's own."""
        name = f"{self.server.path}.restoring-{stamp()}"
        self._run(MAKE, name)
        return RestoredFolder(target=self, name=name)

    def unpack(self, name: str) -> subprocess.Popen[bytes]:
        return self.server.shell.start(UNPACK, (name,), subprocess.PIPE)

    def pack(self, name: str) -> subprocess.Popen[bytes]:
        return self.server.shell.start(PACK, (name,), subprocess.DEVNULL)

    def look(self, name: str, program: str, file: str) -> tuple[int, str]:
        arguments = (self.server.programs, program, f"{name}/{file}")
        with self.server.shell.start(LOOK, arguments, subprocess.DEVNULL) as process:
            said, _ = process.communicate(timeout=self.deadline.left(name))
        return process.returncode, said.decode(errors="replace").strip()

    def switch(self, name: str, before: str) -> None:
        """The service stands for as long as it takes to start again. The old data is in `before` afterwards.

        Raises Failure: before the names have changed, it goes on with the old data.
        """
        daemon = LaunchDaemon(name=self.service, program=())
        arguments = (self.server.path, name, before, daemon.label, daemon.path)
        with running(self.server.shell, SWITCH, *arguments, seconds=SWITCH_SECONDS):
            pass
        with self.server.script(ANSWERS, (), START_SECONDS):
            pass

    def remove(self, name: str) -> None:
        self._run(REMOVE, name)

    def _run(self, script: str, name: str) -> None:
        with running(self.server.shell, script, name, seconds=SECONDS):
            pass


@dataclass(frozen=True, kw_only=True)
class RestoredFolder:
    """`name` is the path of the new folder."""

    target: FolderTarget
    name: str

    def switch(self) -> str:
        """The old data stays in a folder of its own."""
        before = f"{self.target.server.path}.before-{stamp()}"
        self.target.switch(self.name, before)
        removal = f"{self.target.login} {shlex.join(('rm', '-rf', before))}"
        return f"{self.target.service} is switched; the old data is in {before}, and goes by: {removal}"

    def discard(self) -> None:
        self.target.remove(self.name)
