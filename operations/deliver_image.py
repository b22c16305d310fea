"""Brings an image that was built here to an engine that cannot pull it. Started by `pulumi up`.

Only layers that the engine lacks are packed and sent over SSH; what was cut off goes on where it stopped, and nothing
is left behind on either side. Two deliveries of one image at once do each other no harm.
"""

from __future__ import annotations

import signal
import sys

from pydantic import BaseModel

from operations.docker_cli import DockerCli, docker_cli
from operations.failure import Failure, guarded
from operations.image_delivery.archive import archive
from operations.image_delivery.facts import ImageFacts, image_facts, layers_held, require_platform
from operations.image_delivery.landing import Landing, landing
from operations.image_delivery.login import Login, shared_connection
from operations.image_delivery.packing import Packing
from operations.image_delivery.transfer import transfer
from operations.ollama.deadline import Deadline
from operations.stdin_spec import read_spec

SECONDS = 7200.0


class DeliverySpec(BaseModel):
    """What standard input holds; see components/docker_host.py."""

    image: str
    docker_host: str
    ssh_options: list[str]


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return guarded(lambda: deliver(read_spec(DeliverySpec)))


def deliver(spec: DeliverySpec) -> None:
    """Raises Failure unless both sides hold the same image. Nothing is sent where the engine has it already."""
    deadline = Deadline(SECONDS)
    with (
        shared_connection(spec.docker_host, spec.ssh_options) as options,
        docker_cli(None, ()) as here,
        docker_cli(spec.docker_host, options) as there,
    ):
        wanted = image_facts(here, spec.image)
        if wanted is None:
            raise Failure(f"{spec.image} is not on this machine", "make images")
        if wanted.same_as(image_facts(there, spec.image)):
            print(f"{spec.image} is already there")
            return
        require_platform(there, spec.image, wanted)
        try:
            _bring(here, there, spec.image, wanted, landing(Login(spec.docker_host, options), deadline))
        except Failure:
            # Another delivery may have been first, and have removed what this one was about to use.
            if not wanted.same_as(image_facts(there, spec.image)):
                raise
        if not wanted.same_as(image_facts(there, spec.image)):
            raise Failure(f"{spec.image} arrived changed on {spec.docker_host}", "run the same command again")
    print(f"{spec.image} is delivered")


def _bring(here: DockerCli, there: DockerCli, image: str, wanted: ImageFacts, place: Landing) -> None:
    """First without the layers that are there; whole, where the engine does not take it so."""
    held = layers_held(there, wanted.layers)
    for left_out in sorted({held, 0}, reverse=True):
        print(f"{image}: {left_out} of {len(wanted.layers)} layers are there", file=sys.stderr, flush=True)
        packing = Packing(docker=here, image=image, facts=wanted, left_out=left_out, zstd=place.zstd)
        with archive(packing, place.deadline) as packed:
            try:
                transfer(image, packed, place)
            except Failure as failure:
                if left_out == 0 or place.size(packed.name) < packed.size:
                    raise
                # A layer has gone in the meantime, or this kind of engine wants all of them.
                print(f"{image}: {failure}; sending all layers", file=sys.stderr, flush=True)
                place.remove(packed.name)
                packed.discard()
                continue
            packed.discard()
            return


if __name__ == "__main__":
    sys.exit(main())
