"""The gallery: a row of every kind of every dataset, as a page. `make gallery` writes it, and a test keeps it current."""

from collections.abc import Iterator
from typing import Any

from synthrl.app import hub

ROWS = 300  # in which every kind turns up
LONG = 1_200  # characters of a text of which the rest is left out


def samples(name: str) -> list[dict[str, Any]]:
    """The first row of each kind; a task is a kind of its own."""
    found: dict[str, dict[str, Any]] = {}
    for row in hub.open_reader(name).rows("train", 0, ROWS):
        found.setdefault(row["kind"], row)
    return [found[kind] for kind in sorted(found)]


def page() -> str:
    lines = ["# Gallery", "", "A row of every kind of every dataset, made by `make gallery`."]
    for name in hub.names():
        lines += ["", f"## {name}", "", f"[Card](dataset_builders/{name}/README.md)"]
        for row in samples(name):
            lines += ["", *entry(row)]
    return "\n".join(lines) + "\n"


def entry(row: dict[str, Any]) -> Iterator[str]:
    yield f"### {row['kind']}, {row['hops']} steps"
    yield ""
    text = "\n\n".join(
        f"**{title}** {' '.join(sentences)}"
        for title, sentences in zip(row["context"]["title"], row["context"]["sentences"], strict=True)
    )
    shown = text if len(text) <= LONG else text[:LONG].rpartition(" ")[0] + " …"
    for paragraph in [*shown.split("\n\n"), f"**Question** {row['question']}"]:
        if paragraph:
            yield from ("> " + line for line in paragraph.split("\n"))
            yield ">"
    yield from (f"> {chr(65 + number)}. {choice}  " for number, choice in enumerate(row["choices"]))
    yield ""
    yield f"<details><summary>Answer: {row['answer']}</summary>"
    yield ""
    yield from (f"    {line}" for line in row["solution"].splitlines())
    yield ""
    yield "</details>"


if __name__ == "__main__":
    print(page(), end="")
