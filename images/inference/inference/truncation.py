"""Texts that are longer than the model reads: told in the answer, or refused where the request says so."""

from collections.abc import Sequence

from inference.fields import Request
from inference.inputs import Output
from inference.refusals import unprocessable


def cut_places(outputs: Sequence[Output], request: Request, field: str, *, single: bool = False) -> list[int]:
    """Places of texts that were not read to their end. Raises RefusedError if there are any and `truncate` is false."""
    places = [place for place, output in enumerate(outputs) if output.truncated]
    if places and not request.truncate:
        where: tuple[str | int, ...] = (field,) if single else (field, places[0])
        raise unprocessable("Text is longer than the model reads; shorten it or leave out truncate: false", *where)
    return places
