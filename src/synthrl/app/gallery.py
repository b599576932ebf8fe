"""The gallery: a row of every dataset and task, as a page. `make gallery` writes it, and a test keeps it current."""

from collections.abc import Iterator
from typing import Any

from synthrl.app import hub

FEW = 3  # rows of a dataset that are shown, of different kinds
LONG = 1_200  # characters of a text of which the rest is left out


def samples(name: str) -> Iterator[dict[str, Any]]:
    """The first rows that differ in kind; of a dataset of tasks, one of each task."""
    builder = hub.open_reader(name)
    tasks = getattr(builder, "tasks", None)
    if tasks:
        for task in tasks():
            yield next(hub.open_reader(name, task=task).rows("train", 0, 1))
        return
    kinds: set[str] = set()
    for row in builder.rows("train", 0, 60):
        if row["kind"] not in kinds and len(kinds) < FEW:
            kinds.add(row["kind"])
            yield row


def page() -> str:
    lines = ["# Gallery", "", "A row of every dataset and task, made by `make gallery`."]
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
    for number, choice in enumerate(row["choices"]):
        yield f"> {chr(65 + number)}. {choice}"
    yield ""
    yield f"<details><summary>Answer: {row['answer']}</summary>"
    yield ""
    yield from (f"    {line}" for line in row["solution"].splitlines())
    yield ""
    yield "</details>"
