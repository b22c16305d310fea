"""`scripts/image-push IMAGE HOST -s STACK`: brings an image of this machine to the engine of a host, by hand.

IMAGE is the name of one of ours (see images/) or a reference that `docker image ls` shows. What `pulumi up` delivers by
itself needs no push; a push beforehand makes that `up` shorter.
"""

from __future__ import annotations

import argparse
import signal
import sys

from hosts.ssh_options import ssh_options
from operations.deliver_image import DeliverySpec, deliver
from operations.failure import guarded
from operations.project import ROOT, require_stack
from operations.ssh_login import login_of
from settings.stack_file import read
from toolchain.image_references import references


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser("scripts/image-push", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("image", metavar="IMAGE")
    parser.add_argument("host", metavar="HOST", help="name of the host in the stack file")
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    arguments = parser.parse_args()
    return guarded(lambda: deliver(push_spec(arguments.stack, arguments.host, arguments.image)))


def push_spec(stack: str, name: str, image: str) -> DeliverySpec:
    """Raises Failure for a host that is not there, or that nobody logs in to."""
    require_stack(stack)
    environment = read(ROOT, stack).environment
    login = login_of(stack, environment.hosts, name)
    known = references(environment.images.source)
    return DeliverySpec(image=known.get(image, image), docker_host=login.url, ssh_options=list(ssh_options(login.ssh)))


if __name__ == "__main__":
    sys.exit(main())
