"""A change to a repository of three environments, looked at as the preview workflow does.

`scripts/run tests.preview_sample.record` writes the comments that docs/review.md shows.
"""
