"""Entry of the plugin; the engine passes its address as the only argument, which is not needed here."""

from providers.common.server import serve
from simulators.plugins.docker.provider import DockerProvider

if __name__ == "__main__":
    serve(DockerProvider())
