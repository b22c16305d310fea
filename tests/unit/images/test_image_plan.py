"""Which images a run makes, from where and in what order."""

from pathlib import Path

import pytest

from toolchain.image_folder import ImageFolder, ImageFolderError
from toolchain.image_plan import Source, default_names, missing_images, plan_images

OFFICIAL = "docker.io/x/server:1@sha256:" + "a" * 64


def folder(name: str, *needs: str, official: str | None = None) -> ImageFolder:
    arguments = {need.upper(): need for need in needs}
    return ImageFolder(name=name, path=Path("/nowhere") / name, ours=False, official=official, arguments=arguments)


FOLDERS = {
    one.name: one
    for one in (
        folder("rootfs", official="docker.io/library/python:3@sha256:" + "b" * 64),
        folder("base", "rootfs"),
        folder("go", "base"),
        folder("server", "base", "go", official=OFFICIAL),
        folder("mac", "base", "server"),
        folder("ours", "base"),
    )
}


def test_substitutes_come_after_all_they_need() -> None:
    order = list(plan_images(FOLDERS, ["mac"], Source.SUBSTITUTES, {}))
    assert order[0] == "rootfs"
    assert order.index("go") < order.index("server") < order.index("mac")
    assert "ours" not in order


def test_an_official_image_is_pulled_and_its_needs_are_not_made() -> None:
    plan = plan_images(FOLDERS, ["server"], Source.OFFICIAL, {})
    assert list(plan) == ["server"]
    assert plan["server"].pulled
    assert plan["server"].reference == OFFICIAL


def test_an_image_of_ours_stands_on_the_official_base_where_that_can_be_had() -> None:
    official = plan_images(FOLDERS, ["ours"], Source.OFFICIAL, {})
    substitutes = plan_images(FOLDERS, ["ours"], Source.SUBSTITUTES, {})
    assert official["rootfs"].pulled
    assert not substitutes["rootfs"].pulled
    assert not official["ours"].pulled
    assert official["ours"].reference != substitutes["ours"].reference


def test_a_missing_image_needs_only_what_is_missing_below_it() -> None:
    plan = plan_images(FOLDERS, ["mac", "ours"], Source.SUBSTITUTES, {})
    held = {plan[name].reference for name in ("base", "ours")}
    assert missing_images(plan, ["mac", "ours"], held) == {"mac", "server", "go"}


def test_nothing_is_missing_when_the_wanted_image_is_held_though_its_needs_are_gone() -> None:
    plan = plan_images(FOLDERS, ["mac"], Source.SUBSTITUTES, {})
    assert missing_images(plan, ["mac"], {plan["mac"].reference}) == set()


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ImageFolderError, match="no image is named nope; there are base, go, mac"):
        plan_images(FOLDERS, ["nope"], Source.SUBSTITUTES, {})


def test_images_that_need_each_other_are_refused() -> None:
    circle = {"a": folder("a", "b"), "b": folder("b", "a")}
    with pytest.raises(ImageFolderError, match="circle"):
        plan_images(circle, ["a"], Source.SUBSTITUTES, {})


def test_a_run_without_names_makes_what_runs_not_what_others_stand_on() -> None:
    assert default_names({name: FOLDERS[name] for name in ("base", "go", "server", "mac", "ours")}) == [
        "server",
        "mac",
        "ours",
    ]
