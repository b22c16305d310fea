"""Documents in pieces."""

from hypothesis import given
from hypothesis import strategies as st

from operations.retrieval.chunks import Chunk, split
from operations.retrieval.documents import Document

GUIDE = """Intro before any heading.

# Guide

Welcome.

## Add a service

Create a file.

```sh
# not a heading
make up
```

### Ports ###

One port each.

## Remove

Delete it.
"""


def markdown(text: str) -> Document:
    return Document("guide.md", text, is_markdown=True)


def test_each_section_carries_the_path_of_its_headings() -> None:
    headings = [chunk.heading for chunk in split(markdown(GUIDE), 1000, 200)]
    assert headings == ["", "Guide", "Guide > Add a service", "Guide > Add a service > Ports", "Guide > Remove"]


def test_a_hash_inside_a_fenced_block_is_text() -> None:
    chunk = split(markdown(GUIDE), 1000, 200)[2]
    assert "# not a heading" in chunk.text
    assert chunk.content.startswith("Guide > Add a service\nCreate a file.")


def test_a_hash_in_plain_text_is_no_heading() -> None:
    (chunk,) = split(Document("notes.txt", "# a comment\nvalue", is_markdown=False), 1000, 200)
    assert chunk.heading == ""
    assert chunk.text == "# a comment\nvalue"


def test_a_section_without_text_gives_no_chunk() -> None:
    assert split(markdown("# One\n\n## Two\n\n \n"), 1000, 200) == []


def test_long_text_is_cut_at_paragraphs_where_there_is_one() -> None:
    paragraphs = ["first " * 12, "second " * 12, "third " * 12]
    chunks = split(markdown("\n\n".join(paragraphs)), 100, 0)
    assert [chunk.text for chunk in chunks] == [text.strip() for text in paragraphs]


def test_the_digest_changes_with_text_headings_and_model_only() -> None:
    chunk = Chunk("a.md", "A", "text")
    assert chunk.digest("m") == Chunk("b.md", "A", "text").digest("m")
    others = {Chunk("a.md", "A", "texts").digest("m"), Chunk("a.md", "B", "text").digest("m"), chunk.digest("n")}
    assert len(others | {chunk.digest("m")}) == 4


@given(st.lists(st.sampled_from([" ", "\n", "\n\n", ". ", "   \n"]), max_size=200), st.integers(40, 300), st.data())
def test_every_word_is_whole_in_some_chunk_and_no_chunk_is_too_long(
    borders: list[str], size: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(0, size // 2 - 1))
    text = "".join(f"word{number}{border}" for number, border in enumerate(borders))
    chunks = split(Document("a.txt", text, is_markdown=False), size, overlap)
    assert all(0 < len(chunk.text) <= size for chunk in chunks)
    assert set(text.split()) <= {word for chunk in chunks for word in chunk.text.split()}


def test_text_without_any_border_is_cut_hard_and_nothing_is_lost() -> None:
    text = "".join(chr(ord("a") + place % 26) for place in range(95))
    assert "".join(chunk.text for chunk in split(Document("a.txt", text, is_markdown=False), 40, 0)) == text


def test_a_chunk_begins_with_the_end_of_the_one_before() -> None:
    text = " ".join(f"word{number}" for number in range(100))
    first, second, *_ = split(Document("a.txt", text, is_markdown=False), 200, 50)
    shared = [word for word in second.text.split() if word in first.text.split()]
    assert shared == first.text.split()[-len(shared) :] == second.text.split()[: len(shared)]
    assert 30 <= len(" ".join(shared)) <= 50
