"""The state of an environment as one version of this project left it, kept beside its settings and image references.

Its secrets are encrypted with a passphrase that stands here: they were made for the recording, and nothing that
they opened exists any more.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.engine.checkout import Checkout

STACK = "recorded"
PASSPHRASE = {"PULUMI_CONFIG_PASSPHRASE": "the recordings' own passphrase"}
RECORDED = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Recording:
    """One recorded version: `folder` is named after it."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state.json"

    @property
    def settings(self) -> Path:
        return self.folder / f"Pulumi.{STACK}.yaml"

    @property
    def images(self) -> Path:
        return self.folder / "images.json"

    def replay(self, root: Path) -> Checkout:
        """A checkout of the present program whose backend holds the recorded state; its containers are gone."""
        checkout = Checkout(root, stack=STACK)
        shutil.copyfile(self.settings, root / self.settings.name)
        # Only changes of the program count: the images stay those of the recording.
        checkout.use_images(json.loads(self.images.read_text(encoding="utf-8")))
        checkout.run("run", "toolchain.setup")
        checkout.run("pulumi", "stack", "init", STACK, "--non-interactive", variables=PASSPHRASE)
        checkout.run("pulumi", "stack", "import", "-s", STACK, "--file", str(self.state), variables=PASSPHRASE)
        return checkout


def recordings() -> list[Recording]:
    return [Recording(folder) for folder in sorted(RECORDED.iterdir())]
