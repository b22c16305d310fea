"""Which models have to be fetched before their service starts, and that their weights are fixed."""

import pytest

from planning.plan import FetchedModel
from settings.problem import SettingsError

from .conftest import Planner

EMBED = {"embed": {"host": "local"}}
COMMIT = "a" * 40


def test_the_bundled_model_is_never_fetched(planned: Planner) -> None:
    container = planned(services=EMBED).service("embed").container
    assert container
    assert container.model is None
    assert container.environment == ("EMBED_MODEL=all-MiniLM-L6-v2",)


def test_another_model_is_fetched_at_its_commit_into_the_volume_of_its_service(planned: Planner) -> None:
    models = {"embedding": "intfloat/multilingual-e5-large", "embedding_revision": COMMIT}
    plan = planned(services={**EMBED, "rerank": {"host": "local"}}, models=models)
    embed, rerank = plan.service("embed").container, plan.service("rerank").container
    assert embed
    assert embed.model == FetchedModel(name="intfloat/multilingual-e5-large", revision=COMMIT, volume="models")
    assert f"MODEL_REVISION={COMMIT}" in embed.environment
    assert rerank
    assert rerank.model is None


@pytest.mark.parametrize(("key", "kind"), [("embedding", "embed"), ("rerank", "rerank")])
def test_a_model_without_a_commit_is_refused_with_the_key_to_add(planned: Planner, key: str, kind: str) -> None:
    with pytest.raises(SettingsError) as refused:
        planned(services={kind: {"host": "local"}}, models={key: "owner/name"})
    assert f"models.{key}_revision" in str(refused.value)
    assert f"{kind} fetches owner/name" in str(refused.value)
    assert f"-> add `{key}_revision:` with a commit listed at" in str(refused.value)


@pytest.mark.parametrize("revision", ["main", "A" * 40, "a" * 39, f"{COMMIT}\n"])
def test_only_a_whole_commit_is_a_revision(planned: Planner, revision: str) -> None:
    with pytest.raises(SettingsError, match=r"models\.embedding_revision"):
        planned(services=EMBED, models={"embedding": "owner/name", "embedding_revision": revision})


def test_a_model_that_no_service_uses_needs_no_commit(planned: Planner) -> None:
    assert planned(services={"redis": {"host": "local"}}, models={"embedding": "owner/name"})
