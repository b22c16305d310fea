"""Entry of the plugin: the language host runs this folder with the engine's address as the only argument."""

import gc
import sys
from pathlib import Path

# Python puts this folder on the path; imports start at the repository.
sys.path[0] = str(Path(__file__).resolve().parents[2])
# Until it serves nothing is garbage, and a start is part of every preview.
gc.disable()

from providers.certificates.plugin.provider import CertificatesProvider
from providers.common.server import serve

if __name__ == "__main__":
    serve(CertificatesProvider())
