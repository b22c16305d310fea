"""Texts are cut before they are tokenised, and what the model reads stays the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inference import models
from inference.inputs import Input
from inference.tokens import MOST_CHARACTERS_PER_TOKEN, Tokenizer
from tokenizers import Tokenizer as FastTokenizer

from tests.unit.inference.models_on_disk import write_model

LIMIT = 16


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> models.ModelFolder:
    return models.read("tiny", write_model(tmp_path_factory.mktemp("models") / "tiny"))


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(["red", "green", "blue", "x" * 30, "y" * 7, " " * 40, "é"]), min_size=1, max_size=60))
def test_cutting_first_gives_the_tokens_of_the_whole_text(folder: models.ModelFolder, words: list[str]) -> None:
    text = " ".join(words)
    whole = FastTokenizer.from_file(str(folder.tokenizer))
    whole.no_padding()
    whole.enable_truncation(LIMIT)
    (tokens,) = Tokenizer(folder, 1).encode([Input(text)])
    if len(text) <= LIMIT * MOST_CHARACTERS_PER_TOKEN:
        assert tokens.ids == whole.encode(text.strip()).ids
        whole.no_truncation()
        assert tokens.truncated == (len(whole.encode(text).ids) > LIMIT)


def test_ten_megabytes_are_cut_and_told(folder: models.ModelFolder) -> None:
    for text in ("red " * 2_500_000, "r" * 10_000_000, "red" + " " * 10_000_000 + "red"):
        (tokens,) = Tokenizer(folder, 1).encode([Input(text)])
        assert tokens.truncated
        assert len(tokens.ids) <= LIMIT


def test_the_longer_side_of_a_pair_gives_way(folder: models.ModelFolder) -> None:
    (tokens,) = Tokenizer(folder, 1).encode([Input("red green", pair="blue " * 100)])
    assert tokens.truncated
    assert tokens.ids[1:4] == [4, 5, 3]
    assert len(tokens.ids) == LIMIT
