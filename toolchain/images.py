"""Makes every container image available in the local engine and records the references in `.state/images.json`.

    python -m toolchain.images [NAME...] [--source auto|official|substitutes]

Official images are pulled by digest where the container registries answer; otherwise stand-ins are built from package
registries. Ours are built in both cases. An unchanged image is never made twice; nothing is ever removed.
"""

import argparse
import fcntl
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path

import docker

from toolchain.build_context import CredentialInBuild
from toolchain.debian_packages import PackagesMissing
from toolchain.docker_engine import EngineMissing, ensure_engine
from toolchain.host_certificates import host_certificates
from toolchain.image_engine import engine_client, present_references, registries_answer
from toolchain.image_folder import ImageFolder, ImageFolderError, read_folders
from toolchain.image_plan import PlannedImage, Source, default_names, missing_images, plan_images
from toolchain.image_queue import ImageQueue
from toolchain.places import ROOT, STATE

RECORD = STATE / "images.json"
LOGS = STATE / "logs" / "images"
TAIL = 50


class ImagesFailed(Exception):
    """Some images could not be had; the text holds each log's last 50 lines and the command that tries again."""

    def __init__(self, failed: Mapping[str, str], names: Sequence[str], source: Source) -> None:
        parts = []
        for name in failed:
            log = LOGS / f"{name}.log"
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-TAIL:])
            parts.append(f"image {name} could not be had; {log} ends with:\n{tail}")
        again = " ".join(["python -m toolchain.images", *names, f"--source {source}"])
        super().__init__("\n\n".join([*parts, f"Try again with: {again}"]))


FAILURES = (ImageFolderError, ImagesFailed, EngineMissing, PackagesMissing, CredentialInBuild)
"""All that `ensure_images` raises; each says what to do next."""


def ensure_images(names: Sequence[str] = (), source: Source = Source.AUTO) -> dict[str, str]:
    """Makes the named images (all by default) available and returns name -> reference of each, needs included.

    Raises one of FAILURES.
    """
    ensure_engine()
    folders = read_folders(ROOT)
    certificates = host_certificates()
    with closing(engine_client()) as client:
        choose = partial(_choose, client, folders, list(names) or default_names(folders), source, certificates)
        plan, missing = choose()
        with _one_at_a_time() if missing else nullcontext():
            # Another run may have made them meanwhile.
            plan, missing = choose() if missing else (plan, missing)
            queue = ImageQueue(client, plan, certificates, LOGS)
            try:
                queue.run(missing)
            finally:
                record_images(queue.done)
    if queue.failed:
        raise ImagesFailed(queue.failed, names, source)
    return queue.done


def _choose(
    client: docker.DockerClient,
    folders: Mapping[str, ImageFolder],
    wanted: Sequence[str],
    source: Source,
    certificates: Mapping[str, bytes],
) -> tuple[dict[str, PlannedImage], set[str]]:
    """The plan for a source and what of it is missing. `auto` asks the registries only when no plan is complete."""
    candidates = [source] if source is not Source.AUTO else [Source.OFFICIAL, Source.SUBSTITUTES]
    plans = {choice: plan_images(folders, wanted, choice, certificates) for choice in candidates}
    held = present_references(client, {image.reference for plan in plans.values() for image in plan.values()})
    gaps = {choice: missing_images(plan, wanted, held) for choice, plan in plans.items()}
    choice = min(candidates, key=lambda candidate: bool(gaps[candidate]))
    if gaps[choice] and source is Source.AUTO and not registries_answer(plans[Source.OFFICIAL]):
        choice = Source.SUBSTITUTES
    plan = {name: image for name, image in plans[choice].items() if image.reference in held or name in gaps[choice]}
    return plan, gaps[choice]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """One run of this checkout makes images at a time; the others then find what it has made."""
    STATE.mkdir(exist_ok=True)
    with (STATE / "images.making").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("images: another run of this checkout makes some, waiting for that one", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def record_images(done: Mapping[str, str], record: Path = RECORD) -> None:
    """Adds to the record in one atomic step; entries of images not in this run stay, those of one beside it too."""
    record.parent.mkdir(parents=True, exist_ok=True)
    with record.with_name(f"{record.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = json.loads(record.read_text()) if record.exists() else {}
        part = record.with_name(f"{record.name}.part")
        part.write_text(json.dumps(dict(sorted({**known, **done}.items())), indent=2) + "\n")
        part.replace(record)


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the arguments; the exit status is 0 when all the images are in the engine."""
    parser = argparse.ArgumentParser(
        prog="python -m toolchain.images", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="images to make (default: all)")
    parser.add_argument("--source", type=Source, choices=list(Source), default=Source.AUTO)
    options = parser.parse_args(arguments)
    try:
        done = ensure_images(options.names, options.source)
    except FAILURES as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: what is complete stays; run again to go on", file=sys.stderr)
        return 130
    print(f"{len(done)} images are in the engine, recorded in {RECORD.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
