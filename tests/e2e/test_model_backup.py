"""scripts/backup-models.sh and scripts/models on a real Ollama: saved, found damaged, brought back."""

import getpass
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import requests

from operations import model_backup, model_servers, model_verbs, outputs, project, ssh_login
from operations.model_archive import Archive, Entry
from operations.models import PARAMETERS
from operations.ollama.names import blob_path, manifest_path
from operations.ollama.random_weights import random_model
from operations.ollama.server import Ollama
from tests.e2e.test_models import wait_for
from tests.engine.sshd import running_sshd
from toolchain.image_references import recorded_references

FILE = """
config:
  ai-platform:hosts:
    local: {host}
  ai-platform:services:
    ollama: {{host: local, kind: {kind}, models: ["named:1b"]}}
  ai-platform:models: {{chat: "named:1b"}}
"""
HOST = "{kind: local, address: 127.0.0.1, cpus: 8, memory_gb: 64, disk_gb: 500}"
STORE = "/root/.ollama/models"


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


class Platform:
    """A stack of one Ollama that can reach no registry, with its file and outputs in a project of its own."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self._monkeypatch = root, monkeypatch
        self.stack = f"models-{uuid.uuid4().hex[:8]}"
        self.container = f"ai-platform-{self.stack}-ollama"
        self.archive = Archive(root / "backup")
        for module in (model_servers, project, ssh_login):
            monkeypatch.setattr(module, "ROOT", root)
        for module in (outputs, project):
            monkeypatch.setattr(module, "STATE", root / ".state")

    def stop(self) -> None:
        remove = ["docker", "rm", "--force", "--volumes", self.container]
        subprocess.run(remove, capture_output=True, timeout=60, check=False)

    def start(self, *arguments: str) -> None:
        """A new, empty server under the same name."""
        self.stop()
        docker("run", "--detach", "--name", self.container, "--label", "ai-platform.test=models", "--memory", "1g",
               "--publish", "127.0.0.1::11434", "--dns", "127.0.0.1", *arguments,
               recorded_references()["ollama"])  # fmt: skip
        url = f"http://{docker('port', self.container, '11434')}"
        wait_for(f"{url}/api/version")
        self.ollama = Ollama(url, 120)
        self.describe(url, "ollama", HOST)

    def describe(self, url: str, kind: str, host: str) -> None:
        (self.root / f"Pulumi.{self.stack}.yaml").write_text(FILE.format(kind=kind, host=host), encoding="utf-8")
        endpoint = {"name": "ollama", "service": kind, "host": "local", "url": url}
        models = {"chat": "named:1b", "embedding": "e"}
        outputs.write(self.stack, {"endpoints": [endpoint], "models": models, "credentials": {}})

    def make(self, name: str, **parameters: int) -> None:
        self.ollama.create(name, random_model(), {**PARAMETERS, **parameters})

    def back_up(self, *arguments: str) -> int:
        return self._run(model_backup, "--to", str(self.archive.folder), *arguments)

    def restore(self, *arguments: str) -> int:
        return self._run(model_backup, "--restore", str(self.archive.folder), *arguments)

    def verify_backup(self) -> int:
        return self._run(model_backup, "--verify", str(self.archive.folder))

    def models(self, *arguments: str) -> int:
        return self._run(model_verbs, *arguments)

    def _run(self, module: ModuleType, *arguments: str) -> int:
        self._monkeypatch.setattr(sys, "argv", [module.__name__, *arguments, "-s", self.stack])
        code: int = module.main()
        return code

    def inside(self, script: str) -> str:
        return docker("exec", self.container, "sh", "-c", f"cd {STORE}; {script}")

    def entry(self, name: str) -> Entry:
        (found,) = (entry for entry in self.archive.entries() if entry.name == name)
        return found

    def weights(self, name: str) -> str:
        """Digest of the largest blob of a model in the backup."""
        return max(self.entry(name).blobs, key=lambda digest: self.archive.blob(digest).stat().st_size)

    def answer(self, model: str) -> str:
        order = {"model": model, "prompt": "hello", "stream": False, "options": {"seed": 1, "num_predict": 8}}
        answer = requests.post(f"{self.ollama.url}/api/generate", json=order, timeout=60)
        return str(answer.json()["response"])


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    made = Platform(tmp_path, monkeypatch)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def test_a_model_comes_back_into_an_empty_server_as_it_was(platform: Platform) -> None:
    platform.make("named:1b")
    platform.make("made:1b", top_k=7)
    before, said = platform.ollama.held(), platform.answer("made:1b")
    assert platform.back_up("--weights") == 0
    assert platform.verify_backup() == 0
    platform.start()
    assert platform.restore() == 0
    assert platform.ollama.held() == before
    assert platform.answer("made:1b") == said
    assert platform.inside("ls restoring-* 2>/dev/null || true") == ""


def test_a_backup_is_its_owners_business(platform: Platform) -> None:
    platform.make("made:1b")
    assert platform.back_up("--weights") == 0
    assert platform.archive.folder.stat().st_mode & 0o077 == 0
    kept = [path for path in platform.archive.folder.rglob("*") if path.name != ".lock"]
    assert [path for path in kept if path.stat().st_mode & 0o077] == []


def test_a_second_backup_sends_nothing_again_and_models_share_their_blobs(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.make("named:1b")
    platform.make("made:1b", top_k=7)
    assert platform.back_up("--weights") == 0
    assert platform.weights("named:1b") == platform.weights("made:1b")
    capsys.readouterr()
    assert platform.back_up("--weights") == 0
    assert "saved" not in capsys.readouterr().err


def test_without_weights_every_model_is_listed_with_digest_and_modelfile(platform: Platform) -> None:
    platform.make("named:1b")
    assert platform.back_up() == 0
    entry = platform.entry("named:1b")
    assert entry.digest == platform.ollama.held()["named:1b"].digest
    assert "num_predict 128" in entry.modelfile
    assert entry.blobs == ()
    assert platform.restore("named:1b") == 2


def test_a_list_without_weights_does_not_forget_weights_that_are_there(platform: Platform) -> None:
    platform.make("made:1b")
    assert platform.back_up("--weights", "made:1b") == 0
    blobs = platform.entry("made:1b").blobs
    assert platform.back_up() == 0
    assert platform.entry("made:1b").blobs == blobs != ()
    platform.make("made:1b", top_k=7)
    assert platform.back_up() == 0
    assert [entry.blobs for entry in platform.archive.entries()] == [blobs, ()]


def test_a_damaged_blob_of_the_server_is_found_and_never_listed(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.make("made:1b")
    assert platform.models("verify") == 0
    platform.inside("f=$(ls -S blobs/* | head -n 1); printf x | dd of=$f bs=1 seek=400000 conv=notrunc 2>/dev/null")
    assert platform.models("verify") == 1
    assert platform.back_up("--weights") == 1
    told = capsys.readouterr().err
    assert told.count("differ from its name") == 1
    assert "1 of 1 models are not backed up" in told
    assert platform.archive.entries() == []
    assert platform.restore() == 2


def test_a_model_that_its_server_cannot_read_does_not_keep_the_others_out(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.make("other:1b")
    platform.make("made:1b", top_k=7)
    platform.inside("printf x > $(grep -l top_k blobs/*)")
    assert platform.back_up("--weights") == 1
    assert "lists made:1b, but cannot read it" in capsys.readouterr().err
    assert [entry.name for entry in platform.archive.entries()] == ["other:1b"]


def test_a_damaged_backup_is_found_and_not_restored_until_it_is_made_whole(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.make("made:1b")
    assert platform.back_up("--weights") == 0
    blob = platform.archive.blob(platform.weights("made:1b"))
    blob.write_bytes(blob.read_bytes()[:-1] + b"!")
    assert platform.verify_backup() == 1
    platform.models("remove", "made:1b")
    assert platform.restore() == 1
    assert f"made:1b: blobs/{blob.name}" in capsys.readouterr().err
    assert platform.ollama.held() == {}
    platform.make("made:1b")
    assert platform.back_up("--weights") == 0
    assert platform.verify_backup() == 0


@pytest.mark.parametrize("cut", ["half of it", "something else"])
def test_a_backup_goes_on_from_what_a_killed_one_left(platform: Platform, cut: str) -> None:
    platform.make("made:1b")
    assert platform.back_up("--weights") == 0
    digest = platform.weights("made:1b")
    blob = platform.archive.blob(digest)
    content = blob.read_bytes()
    blob.unlink()
    left = blob.with_name(f".{digest}")
    left.write_bytes(content[: len(content) // 2] if cut == "half of it" else b"something else")
    assert platform.back_up("--weights") == 0
    assert blob.read_bytes() == content
    assert not left.exists()


def test_an_index_that_was_changed_is_not_believed(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    platform.make("made:1b")
    assert platform.back_up() == 0
    index = platform.archive.folder / "index.json"
    index.write_text(index.read_text().replace("num_predict 128", "num_predict 129"))
    assert platform.verify_backup() == 1
    assert "index.json is damaged" in capsys.readouterr().err


def test_a_restore_mends_what_is_damaged_on_the_server_and_leaves_the_rest(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.make("made:1b")
    assert platform.back_up("--weights") == 0
    digest = platform.weights("made:1b")
    platform.inside(f"printf x > {blob_path(digest)}")
    capsys.readouterr()
    assert platform.restore("made:1b") == 0
    sent = [line for line in capsys.readouterr().err.splitlines() if "sending" in line]
    assert sent == [f"ollama: made:1b: sending {path}" for path in (blob_path(digest), manifest_path("made:1b"))]
    assert platform.models("verify") == 0


def test_another_model_under_that_name_is_not_written_over(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.make("made:1b")
    assert platform.back_up("--weights") == 0
    platform.make("made:1b", top_k=7)
    held = platform.ollama.held()
    assert platform.restore() == 1
    assert "holds another made:1b (nothing was changed)" in capsys.readouterr().err
    assert platform.ollama.held() == held


def test_unused_models_are_listed_and_removed_one_by_one(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("named:1b", "made:1b", "other:1b"):
        platform.make(name)
    assert platform.models("unused", "--json") == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["made:1b", "other:1b"]
    assert platform.models("remove", "named:1b") == 2
    assert platform.models("remove", "made:1b") == 0
    assert set(platform.ollama.held()) == {"named:1b", "other:1b"}
    assert platform.answer("named:1b")


def test_a_pull_that_cannot_reach_the_registry_says_so(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    assert platform.models("pull", "smollm2:135m") == 1
    assert "cannot reach the registry" in capsys.readouterr().err


def test_what_a_killed_restore_left_is_no_model(platform: Platform) -> None:
    platform.make("made:1b")
    assert platform.back_up("--weights") == 0
    platform.models("remove", "made:1b")
    platform.inside(f"printf x > restoring-{'a' * 64}; mkdir -p {manifest_path('made:1b').rpartition('/')[0]}")
    assert platform.ollama.held() == {}
    assert platform.restore() == 0
    assert set(platform.ollama.held()) == {"made:1b"}


@pytest.fixture
def native(platform: Platform, tmp_path: Path) -> Iterator[Platform]:
    """The same as on a Mac: reached by login, its folder of models beside the server, in a place with a space."""
    folder, keys = tmp_path / "models folder", tmp_path / "keys"
    folder.mkdir()
    keys.mkdir()
    platform.start("--volume", f"{folder}:{STORE}")
    with running_sshd(keys) as sshd:
        login = f"export OLLAMA_MODELS='{folder}'; eval $SSH_ORIGINAL_COMMAND".replace("$", '\\"$', 1)
        public = keys / "user.pub"
        public.write_text(f'command="{login}\\"" {public.read_text()}')
        (keys / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {sshd.host_key}\n")
        files = "identity_file: keys/user, known_hosts_file: keys/known_hosts"
        ssh = f"{{user: {getpass.getuser()}, port: {sshd.port}, {files}}}"
        host = f"{{kind: mac, address: 127.0.0.1, cpus: 8, memory_gb: 64, disk_gb: 500, ssh: {ssh}}}"
        platform.describe(platform.ollama.url, "ollama-native", host)
        yield platform


def test_the_models_of_a_mac_travel_over_its_login(native: Platform) -> None:
    native.make("made:1b", top_k=7)
    before, said = native.ollama.held(), native.answer("made:1b")
    assert native.models("verify") == 0
    assert native.back_up("--weights") == 0
    assert native.models("remove", "made:1b") == 0
    assert native.restore() == 0
    assert native.ollama.held() == before
    assert native.answer("made:1b") == said


def test_a_mac_that_cannot_be_logged_in_to_is_named_with_the_words_of_ssh(
    native: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    native.make("made:1b")
    (tmp_path / "keys" / "known_hosts").write_text("")
    assert native.back_up("--weights") == 1
    assert "ollama: " in (told := capsys.readouterr().err)
    assert "Host key verification failed" in told
