"""Entry of the plugin: started by the engine with its address as the last argument."""

import sys

from providers.common.server import serve
from simulators.plugins.command.provider import CommandProvider

if __name__ == "__main__":
    serve(CommandProvider(sys.argv[-1]))
