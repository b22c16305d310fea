"""Brings a folder of built pages to its volume: once, whole, and without a moment in which nothing is served."""

from __future__ import annotations

import sys
from pathlib import Path

from components.site_folder import SiteError, SiteFolder, read_site
from operations.failure import Failure
from operations.project import ROOT
from operations.site.volume import SiteVolume

KEEP = 3
"""How many earlier releases stay in the volume."""


def site_of(folder: str) -> SiteFolder:
    """Raises Failure for a folder that cannot be delivered."""
    try:
        site = read_site(ROOT / Path(folder).expanduser())
    except SiteError as error:
        raise Failure(f"site {error}", "then run the same command again") from None
    for path in site.hidden:
        print(f"left out, because it is hidden: {path}", file=sys.stderr, flush=True)
    return site


def deliver(volume: SiteVolume, site: SiteFolder, *, again: bool) -> str:
    """What was done, in a line. A release that was rolled back stays so unless it is delivered `again` by hand."""
    state, short = volume.state(), site.digest[:12]
    # One that was killed as soon as it was served is not in the history yet.
    held = site.digest in {state.served, *(release.digest for release in state.releases)}
    if state.served == site.digest == state.newest:
        return f"release {short} is served already"
    if held and state.newest == site.digest and state.served and not again:
        return f"release {short} is there, and {state.served[:12]} is served: somebody rolled back"
    if held:
        try:
            volume.activate(site.digest, KEEP)
        except Failure as failure:
            print(f"{failure}; sending it anew", file=sys.stderr, flush=True)
        else:
            return f"release {short} is served again"
    volume.receive(site, KEEP)
    return f"release {short} is served: {len(site.files)} files, {site.size / 1e6:.1f} MB"
