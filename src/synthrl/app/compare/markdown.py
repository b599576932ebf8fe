"""The report as Markdown, for GitHub and the Hub."""

import re
from collections.abc import Iterator, Sequence

from synthrl.app.compare.examples import Example
from synthrl.app.compare.page import Rows, Section
from synthrl.app.figures import words
from synthrl.app.figures.shapes import Figure
from synthrl.app.figures.words import alt


def render(
    title: str, lead: Sequence[str], notes: Sequence[str], told: Sequence[Section], base: str, about: str
) -> str:
    parts = [f"# {plain(title)}", plain(about), *(plain(line) for line in lead)]
    if notes:
        parts.append("\n".join(["> **Before you believe a number**", ">", *(f"> - {plain(note)}" for note in notes)]))
    for section in told:
        parts += [f"## {section.title}", *section.text]
        parts += [_picture(figure) for figure in section.figures]
        for table in section.tables:
            parts += _table(table)
        for shown in section.examples:
            parts.append(f"### {plain(shown.title)}")
            parts += [part for example in shown.examples for part in _example(example, base, shown.model)]
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Words of others, which must not be read as Markdown or HTML."""
    return re.sub(r"([\\`*<>|~$#&]|\](?=[(\[:])|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(text.split()))


def fenced(text: str) -> str:
    """As it stands, whatever it is: the fence is longer than any in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"


def _picture(figure: Figure) -> str:
    said = re.sub(r"[\[\]\\<>\"]", " ", alt(figure))
    return f"![{said}]({figure.file})\n\n{plain(figure.caption)}"


def _table(table: Rows) -> Iterator[str]:
    text = words.markdown(
        [plain(c) for c in table.header], [[plain(c) for c in row] for row in table.rows], table.words
    )
    if table.folded:
        yield f"<details><summary>{_html(table.caption)}</summary>\n\n{text}\n\n</details>"
        return
    if table.caption:
        yield f"**{plain(table.caption)}**"
    yield text


def _example(example: Example, base: str, model: str) -> Iterator[str]:
    hops = f", {example.hops} hops" if example.hops else ""
    summary = f"{example.task}{hops}: {example.question[:100]}"
    yield f"<details><summary>{_html(summary)}</summary>"
    yield plain(example.id)
    for name, text in (
        ("question", example.question),
        ("gold", example.gold),
        (f"{base} said", example.base),
        (f"{model} said", example.trained),
    ):
        yield f"**{plain(name)}**\n\n{fenced(text)}"
    yield "</details>"


def _html(text: str) -> str:
    escaped = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("`", "&#96;").replace("*", "&#42;").replace("$", "&#36;").replace("[", "&#91;")
