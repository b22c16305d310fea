"""The record of images, which several runs of one checkout may write at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from toolchain.images import record_images


def test_of_runs_at_once_none_takes_away_what_another_has_recorded(tmp_path: Path) -> None:
    record = tmp_path / "state" / "images.json"
    runs = [{f"image{number}": f"reference{number}"} for number in range(24)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(lambda done: record_images(done, record), runs))
    assert json.loads(record.read_text()) == {name: reference for run in runs for name, reference in run.items()}
    assert not list(record.parent.glob("*.part"))
