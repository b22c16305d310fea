"""Entry of the plugin: started by the engine with its address as the last argument."""

from providers.common.server import serve
from simulators.plugins.random.provider import RandomProvider

if __name__ == "__main__":
    serve(RandomProvider())
