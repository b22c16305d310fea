"""The reference where no blackbox exporter is installed: what one writes first. `python -m bench.plain_probes FILE`."""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp


async def main() -> int:
    """GET every URL of the file at once; 0 when each answers 200."""
    async with aiohttp.ClientSession() as session:

        async def probe(url: str) -> bool:
            async with session.get(url, allow_redirects=False) as response:
                return response.status == 200

        return int(not all(await asyncio.gather(*map(probe, json.loads(Path(sys.argv[1]).read_text())))))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
