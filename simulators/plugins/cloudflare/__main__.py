"""Entry of the plugin: started by the engine with its address as the last argument."""

from simulators.plugins.cloudflare.provider import CloudflareProvider
from simulators.plugins.common.server import serve

if __name__ == "__main__":
    serve(CloudflareProvider())
