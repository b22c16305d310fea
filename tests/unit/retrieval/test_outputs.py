"""The private file of a stack's outputs."""

import stat
from pathlib import Path

import pytest

from operations import outputs, project

DOCUMENT = {
    "endpoints": [{"name": "embed", "service": "embed", "url": "http://127.0.0.1:5555"}],
    "models": {"chat": "llama3.1:8b", "embedding": "all-MiniLM-L6-v2", "embedding_dimension": 384},
    "credentials": {"platform-database": "secret words"},
    "other": 1,
}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(project, "STATE", tmp_path)
    monkeypatch.setattr(outputs, "STATE", tmp_path)
    return tmp_path


def test_what_was_written_is_read_again_and_only_the_owner_may(state: Path) -> None:
    outputs.write("dev", DOCUMENT)
    assert outputs.stack_outputs("dev").url("embed") == "http://127.0.0.1:5555"
    (path,) = (state / "outputs").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_passwords_do_not_show_in_a_representation() -> None:
    outputs.write("dev", DOCUMENT)
    assert "secret words" not in repr(outputs.stack_outputs("dev"))


def test_without_outputs_the_command_that_makes_them_is_named() -> None:
    with pytest.raises(outputs.OutputsError, match="make up STACK=dev"):
        outputs.stack_outputs("dev")
    outputs.remove("dev")


@pytest.mark.parametrize("text", ["", "{}", '{"endpoints": [], "models": {}, "credentials": {"a": ["secret words"]}}'])
def test_a_damaged_file_is_named_without_its_content(state: Path, text: str) -> None:
    (state / "outputs").mkdir()
    (state / "outputs" / "dev.json").write_text(text)
    with pytest.raises(outputs.OutputsError, match=r"dev\.json cannot be used") as caught:
        outputs.stack_outputs("dev")
    assert "secret" not in str(caught.value)


def test_a_stack_name_cannot_lead_out_of_the_folder() -> None:
    with pytest.raises(outputs.OutputsError, match="is not a stack's name"):
        outputs.stack_outputs("../dev")
