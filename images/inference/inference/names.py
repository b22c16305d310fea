"""Names of models, and what is no name but a path."""

import re

NAME = re.compile(r"[A-Za-z0-9][\w.:-]{0,127}(/[A-Za-z0-9][\w.:-]{0,127})?", re.ASCII)
LONGEST = 256


def model_name(name: str) -> str:
    """The name of a folder to load: `name` or `owner/name` as the Hugging Face hub spells them. Raises ValueError."""
    if not NAME.fullmatch(name) or ".." in name:
        raise ValueError("a model is NAME or OWNER/NAME in letters, digits and . _ - :, without any path")
    return name


def spoken_name(name: str) -> str:
    """A name that a request mentions; it opens no file, but a path there is a mistake or worse. Raises ValueError."""
    path = name.startswith(("/", ".", "~")) or ".." in name or "\\" in name or "//" in name or name.count("/") > 1
    if path or not name.isprintable() or not 1 <= len(name) <= LONGEST:
        raise ValueError("Not the name of a model")
    return name


def folder_name(model: str) -> str:
    """`owner/name` as one folder name."""
    return model.replace("/", "--")
