"""A row as HTML: the question, its answer behind a toggle, the text with its supporting sentences, and completions."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from synthrl.app.explore.html import HUES, badge, depth, escape, said

_CLUES = ("ordering", "seating")  # kinds of puzzles that are solved clue by clue
_LONGEST = 200_000  # characters of one paragraph: contexts are long, and a page must stay one
Steps = Sequence[Sequence[int]]  # of each supporting fact, those that rest on it


def aligned(row: dict[str, Any]) -> list[list[int]]:
    """Of each supporting fact the steps that rest on it, where the row alone tells: one for each, title by title."""
    titles, steps = list(row["supporting_facts"]["title"]), list(row["steps"])
    fits = len(titles) <= len(steps) and all(step["title"] == title for step, title in zip(steps, titles, strict=False))
    return [[number] for number in range(1, len(titles) + 1)] if fits else [[] for _ in titles]


def row_html(row: dict[str, Any], steps: Steps | None = None) -> str:
    if "question" not in row:  # a document of a corpus
        parts = [f"<h3>{escape(column)}</h3><p>{said(value)}</p>" for column, value in row.items()]
        return f'<article class="sx">{"".join(parts)}</article>'
    facts = f"{row['kind']}, {depth(row['hops'])}, judged by {row['scorer']}"
    return (
        f'<article class="sx"><p class="sx-soft"><code>{said(row["id"])}</code><br>{escape(facts)}</p>'
        f'<p class="sx-question">{said(row["question"])}</p>{_choices(row)}{_answer(row)}{_context(row, steps)}'
        "</article>"
    )


def _choices(row: dict[str, Any]) -> str:
    items = "".join([f"<li>{said(choice)}</li>" for choice in row["choices"]])
    return f'<ol type="A">{items}</ol>' if items else ""


def _answer(row: dict[str, Any]) -> str:
    """Closed until it is asked for."""
    answers = "; ".join(
        [
            f'<span class="sx-answer">{said(names[0])}</span>'
            + (f" (or {', '.join(map(said, names[1:]))})" if len(names) > 1 else "")
            for names in row["answers"]
        ]
    )
    steps = "".join(
        [
            f"<li>{badge(number)} {said(step['question'])} → <strong>{said(_found(row, step))}</strong>"
            + (f' <span class="sx-soft">[{said(step["title"])}]</span>' if step["title"] else "")
            + "</li>"
            for number, step in enumerate(row["steps"], start=1)
        ]
    )
    solution = f"<h3>Worked solution</h3><p>{said(row['solution'])}</p>" if row["solution"] else ""
    return (
        f'<details class="sx-gold"><summary>Show the answer and its steps</summary><p>{answers}</p>'
        f'<ol class="sx-steps">{steps}</ol>{solution}</details>'
    )


def _found(row: dict[str, Any], step: dict[str, Any]) -> str:
    """What a step found. Where it applies a clue it is a number, which says nothing without its unit."""
    answer = str(step["answer"])
    clue = row["id"].startswith("fiction_logic-") and row["kind"] in _CLUES
    return answer + (" way fits so far" if answer == "1" else " ways fit so far") * clue


def _context(row: dict[str, Any], steps: Steps | None) -> str:
    context, facts = row["context"], row["supporting_facts"]
    if not context["title"]:
        return '<p class="sx-soft">There is no text beside the question.</p>'
    marked: dict[tuple[str, int], list[int]] = defaultdict(list)
    for title, sentence, numbers in zip(facts["title"], facts["sent_id"], steps or aligned(row), strict=True):
        marked[title, sentence] += numbers
    paragraphs = [
        _paragraph(title, sentences, marked)
        for title, sentences in zip(context["title"], context["sentences"], strict=True)
    ]
    holding = len(set(facts["title"]))
    legend = f"{holding} of {len(paragraphs)} paragraphs hold a step; a number says which."
    only = '<input type="checkbox" class="sx-only" id="sx-only"> <label for="sx-only">only these</label>'
    return f'<p class="sx-soft">{legend}</p>{only}<div class="sx-paras">{"".join(paragraphs)}</div>'


def _paragraph(title: str, sentences: Sequence[str], marked: dict[tuple[str, int], list[int]]) -> str:
    parts, holds = [], False
    for number, sentence in enumerate(sentences):
        text = said(sentence.strip(), _LONGEST)
        if (title, number) in marked:
            steps = sorted(set(marked[title, number]))
            holds = True
            hue = f' class="sx-c{(steps[0] - 1) % HUES + 1}"' if steps else ""
            text = f"<mark{hue}>{' '.join(map(badge, steps)) or _UNNUMBERED} {text}</mark>"
        parts.append(text)
    kind = "sx-para" if holds else "sx-para sx-bare"
    return f'<section class="{kind}"><h3>{said(title)}</h3>{" ".join(parts)}</section>'


_UNNUMBERED = '<b class="sx-n">needed</b>'  # where the row does not tell for which step


def completion_html(heading: str, text: str, verdict: str, right: bool) -> str:
    mark = f'<span class="{"sx-good" if right else "sx-bad"}">{"✓" if right else "✗"} {escape(verdict)}</span>'
    return f'<section class="sx-card"><h3>{escape(heading)}</h3>{mark}<p>{said(text) or "(nothing)"}</p></section>'
