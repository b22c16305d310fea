"""The order in which images are made: what holds up most comes first."""

from pathlib import Path
from unittest.mock import Mock

from toolchain.image_folder import ImageFolder
from toolchain.image_plan import PlannedImage
from toolchain.image_queue import ImageQueue


def planned(name: str, weight: int, *needs: str) -> PlannedImage:
    folder = ImageFolder(name, Path(name), ours=True, arguments={need: need for need in needs}, weight=weight)
    return PlannedImage(folder, f"ai-platform/{name}:1", pulled=False)


def queue(*images: PlannedImage, done: tuple[str, ...]) -> ImageQueue:
    plan = {image.name: image for image in images}
    return ImageQueue(Mock(), plan, {}, Path("logs"), done={name: plan[name].reference for name in done})


def test_the_compiler_comes_before_a_heavier_image_because_a_long_build_waits_for_it() -> None:
    images = (planned("base", 9), planned("go", 20, "base"), planned("ollama", 300, "go"), planned("web", 110, "base"))
    assert queue(*images, done=("base",)).ready({"go", "ollama", "web"}) == ["go", "web"]


def test_nothing_is_ready_before_what_it_needs() -> None:
    images = (planned("base", 9), planned("web", 110, "base"))
    assert queue(*images, done=()).ready({"base", "web"}) == ["base"]
