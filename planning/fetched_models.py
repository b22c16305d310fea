"""Models of the embedding services that their image does not bundle, and the commits that fix their weights."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.definition import Definition
from planning.placement import Placement
from planning.plan import FetchedModel
from settings.environment import BUNDLED_MODEL, Environment
from settings.problem import Problem


def fetched_model(environment: Environment, definition: Definition) -> FetchedModel | None:
    """The model that a service of this kind needs in its volume; None where the image has all that it needs."""
    models = environment.models
    for volume in definition.volumes:
        if volume.model is None:
            continue
        name: str = getattr(models, volume.model)
        if name != BUNDLED_MODEL:
            return FetchedModel(name=name, revision=getattr(models, f"{volume.model}_revision"), volume=volume.name)
    return None


def unpinned(environment: Environment, placements: Iterable[Placement]) -> list[Problem]:
    """Models to be fetched of which no commit is named: each `up` could bring other weights."""
    return [
        Problem(
            path=f"models.{volume.model}_revision",
            value="",
            cause=f"{placement.name} fetches {model.name} from the Hugging Face hub, and no commit fixes its weights",
            remedy=f"add `{volume.model}_revision:` with a commit listed at "
            f"https://huggingface.co/{model.name}/commits/main, or use {BUNDLED_MODEL}",
        )
        for placement in placements
        for volume in placement.definition.volumes
        if volume.model and (model := fetched_model(environment, placement.definition)) and not model.revision
    ]
