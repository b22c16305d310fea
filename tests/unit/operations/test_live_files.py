"""A running service gets other files only when it finds them good, and keeps those before where it takes none."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import operations.live_files
from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.live_files import LiveFilesSpec, apply

CHECK, RELOAD, ASK = "check", "reload", "ask"
FIRST, SECOND = "a1", "b2"


@dataclass
class Service(DockerCli):
    """A container whose /live is a folder here. It loads what is current when told to, unless it is told not to."""

    root: Path
    takes: bool = True
    good: bool = True
    loaded: str = ""
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(None, {})

    def attempt(self, *arguments: str, stdin: bytes | None = None, timeout: float = 60) -> CompletedProcess[bytes]:
        if arguments[0] == "cp":
            target = self.root / Path(arguments[2].partition(":")[2]).relative_to("/live")
            with tarfile.open(fileobj=BytesIO(stdin or b"")) as sent:
                sent.extractall(target, filter="data")
            return answered()
        if arguments[0] == "logs":
            return answered(error=b"[emerg] bind() to 0.0.0.0:9001 failed")
        if "/bin/sh" in arguments:
            command = [*arguments[arguments.index("/bin/sh") :]]
            command[command.index("/live")] = str(self.root)
            return subprocess.run(command, capture_output=True, check=False)
        return self._service(*arguments[2:])

    def _service(self, order: str, *rest: str) -> CompletedProcess[bytes]:
        self.done.append(order)
        if order == CHECK:
            assert rest == ("/live/.incoming",)
            return answered() if self.good else answered(1, error=b"unknown directive")
        if order == RELOAD:
            if not self.takes:
                return answered(1, error=b"nginx goes on")
            self.loaded = (self.root / "current" / "conf").read_text()
        return answered(said=self.loaded.encode() + b"\n")


def answered(code: int = 0, said: bytes = b"", error: bytes = b"") -> CompletedProcess[bytes]:
    return CompletedProcess([], code, said, error)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    made = Service(tmp_path)

    class Given:
        def __enter__(self) -> Service:
            return made

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(operations.live_files, "docker_cli", lambda *_: Given())
    monkeypatch.setattr("operations.live.folder.ANSWER_SECONDS", 0.0)
    return made


def spec(version: str, **change: object) -> LiveFilesSpec:
    known: dict[str, object] = {
        "service": "proxy", "container": "c", "container_id": "1", "folder": "/live", "version": version,
        "files": {"conf": "@VERSION@"}, "check": [CHECK], "reload": [RELOAD], "asked": [ASK],
    }  # fmt: skip
    return LiveFilesSpec.model_validate(known | change)


def held(service: Service) -> tuple[str, set[str]]:
    link = service.root / "current"
    return (str(link.readlink()) if link.is_symlink() else "", {one.name for one in service.root.iterdir()})


def test_the_first_files_and_the_next_are_checked_loaded_and_answered_by(service: Service) -> None:
    for version in (FIRST, SECOND):
        apply(spec(version))
        assert service.loaded == version
        assert held(service) == (version, {"current", version})
    assert service.done[:4] == [CHECK, RELOAD, ASK, CHECK]


def test_what_is_served_already_is_not_brought_again(service: Service) -> None:
    apply(spec(FIRST))
    service.done.clear()
    apply(spec(FIRST))
    assert service.done == [ASK]


def test_a_service_that_lost_them_gets_the_same_files_again(service: Service) -> None:
    apply(spec(FIRST))
    service.loaded = "closed"
    apply(spec(FIRST))
    assert (service.loaded, held(service)[0]) == (FIRST, FIRST)


def test_what_a_run_that_was_killed_has_left_is_no_hindrance(service: Service) -> None:
    (service.root / ".incoming").mkdir()
    (service.root / ".incoming" / "conf").write_text("half")
    (service.root / ".next").symlink_to("nowhere")
    (service.root / SECOND).mkdir()
    apply(spec(SECOND))
    assert held(service) == (SECOND, {"current", SECOND})


Fault = Callable[[Service], None]
FAULTS: dict[str, tuple[Fault, str]] = {
    "not good": (lambda service: setattr(service, "good", False), "unknown directive"),
    "not taken": (lambda service: setattr(service, "takes", False), r"(?s)nginx goes on.*\[emerg\] bind"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("before", ["", FIRST])
def test_what_it_does_not_take_leaves_what_was_there_before(service: Service, fault: str, before: str) -> None:
    if before:
        apply(spec(before))
    change, words = FAULTS[fault]
    change(service)
    with pytest.raises(Failure, match=words):
        apply(spec(SECOND))
    assert (service.loaded, held(service)[0]) == (before, before)
    service.good = service.takes = True
    apply(spec(SECOND))
    assert (service.loaded, held(service)) == (SECOND, (SECOND, {"current", SECOND}))


def test_a_service_that_says_another_version_in_the_end_is_a_failure(service: Service) -> None:
    apply(spec(FIRST))
    with pytest.raises(Failure, match="answers by a1 after 0 s, not by b2"):
        apply(spec(SECOND, reload=[]))
    assert held(service)[0] == FIRST
