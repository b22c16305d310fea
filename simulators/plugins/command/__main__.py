"""Entry of the plugin: started by the engine with its address as the last argument."""

import sys

from simulators.plugins.command.provider import CommandProvider
from simulators.plugins.common.server import serve

if __name__ == "__main__":
    serve(CommandProvider(sys.argv[-1]))
