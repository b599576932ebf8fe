"""One row, as a person would like to read it."""

import os
import shutil
import sys
import textwrap
from itertools import islice
from pathlib import Path
from typing import Any

from synthrl import real
from synthrl.app import hub, rows
from synthrl.knobs import refuse

BOLD, DIM, GREEN, CYAN = "1", "2", "32", "36"


def paint(text: str, *codes: str) -> str:
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{';'.join(codes)}m{text}\033[0m"


def paragraph(text: str, indent: str, first: str = "") -> str:
    width = max(40, min(shutil.get_terminal_size().columns, 120))
    lines = [textwrap.wrap(line, width, initial_indent=indent, subsequent_indent=indent) for line in text.split("\n")]
    text = "\n".join(line for wrapped in lines for line in wrapped)
    return indent[: -len(first)] + first + text[len(indent) :] if first else text


def heading(text: str) -> None:
    print(f"\n{paint(text, BOLD, CYAN)}")


def find(name: str, words: list[str], split: str | None, index: int) -> dict[str, Any]:
    """A row of a dataset of ours, made alone; or of a benchmark or a folder."""
    ours = hub.ours(name) or name
    if ours not in hub.names() and (name in real.BENCHMARKS or Path(name).is_dir()):
        loaded = rows.source(name, words, split, sys.maxsize)
        _check(index, loaded.split, loaded.size)
        return next(islice(loaded.rows(), index, None))
    config, given = hub.read_knobs(ours, words)
    builder, split = hub.open_reader(ours, config, **given), split or "train"
    sizes = {split: size for split, size in builder.sizes().items() if size}
    if split not in sizes:
        refuse("split", split, sizes)
    _check(index, split, sizes[split])
    return next(iter(builder.rows(split, index, index + 1)))


def _check(index: int, split: str, size: int) -> None:
    if index >= size:
        raise ValueError(f"--index: got {index}, expected 0 to {size - 1}, as {split} has {size} rows")


def show(row: dict[str, Any]) -> None:
    if "question" not in row:  # a document of a corpus
        for column, value in row.items():
            heading(column)
            print(paragraph(str(value), "  "))
        return

    print(paint(f"{row['id']}: {row['kind']}, {row['hops']} hops, judged by {row['scorer']}", DIM))
    heading("Question")
    print(paragraph(row["question"], "  "))
    for number, choice in enumerate(row["choices"]):
        print(paragraph(choice, "     ", f"{chr(65 + number)}. "))

    context, facts = row["context"], row["supporting_facts"]
    if context["title"]:
        heading("Context" + (" (* holds a step of the answer)" if facts["title"] else ""))
    for title, sentences in zip(context["title"], context["sentences"], strict=True):
        needed = title in facts["title"]
        print(f"{'*' if needed else ' '} {paint(title, BOLD, *[GREEN] * needed)}")
        print(paragraph("".join(s if s[:1].isspace() else f" {s}" for s in sentences).strip(), "    "))

    if row["steps"]:
        heading("Steps")
    for number, step in enumerate(row["steps"], start=1):
        print(paragraph(step["question"], "     ", f"{number}. "))
        print(paragraph(f"-> {step['answer']}" + (f"  [{step['title']}]" if step["title"] else ""), "     "))

    if row["solution"]:
        heading("Solution")
        print(paragraph(row["solution"], "  "))

    heading("Answer")
    for aliases in row["answers"]:
        also = f"  (or {', '.join(aliases[1:])})" if len(aliases) > 1 else ""
        print(f"  {paint(aliases[0], BOLD, GREEN)}{also}")
