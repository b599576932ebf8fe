"""The tab for a profile: pass rates by hops and kind, and each row with what the model said."""

from typing import Any

import gradio as gr

from synthrl.app.explore import choose, profiles, reading, runs
from synthrl.app.explore.events import QUIET, TO_DETAIL, told, two_columns, unless_wrong
from synthrl.app.explore.html import escape

_MOST = 64  # completions of one row that are shown


def build(blocks: gr.Blocks, given: str) -> None:
    with gr.Row():
        path = gr.Textbox(
            given,
            label="Folder of a profile",
            placeholder="profiles/…/model",
            scale=4,
            min_width=280,
            elem_id="sx-profile",
        )
        button = gr.Button("Open", variant="primary", scale=1, min_width=100, elem_id="sx-profile-open")
    wrong = gr.HTML(elem_id="sx-profile-error", padding=False)
    folder = gr.State("")
    about = gr.HTML(padding=False, elem_id="sx-profile-about")
    with gr.Column(visible=bool(given)) as inside:
        with gr.Row():
            hops = gr.Dropdown(["all"], value="all", label="Hops", min_width=90)
            kind = gr.Dropdown(["all"], value="all", label="Kind", min_width=110)
            order = gr.Dropdown(list(profiles.ORDERS), value=profiles.ORDERS[0], label="Order", min_width=160)
        lines, back, number, on, detail = two_columns("sx-profile", "Rows")
    fields, listed = [folder, hops, kind, order], [number, lines, detail, wrong]
    opening = [folder, about, inside, hops, kind, wrong]
    again = told(len(listed))(lambda *values: _listed(values, 1))
    start = told(len(opening))(_opened)
    then = unless_wrong(len(listed), again)
    for event in (button.click, path.submit, *([blocks.load] if given else [])):
        event(start, path, opening, **QUIET).then(then, [wrong, *fields], listed, **QUIET)
    gr.on([hops.input, kind.input, order.input], again, fields, listed, **QUIET)
    for source, by in ((back.click, -1), (on.click, 1), (number.submit, 0)):
        moved = told(len(listed))(lambda page, *values, by=by: _listed(values, int(page or 1) + by))
        source(moved, [number, *fields], listed, **QUIET)
    lines.input(told(2)(_detail), [lines, folder], [detail, wrong], **QUIET).then(None, js=TO_DETAIL % "sx-profile")


def _opened(given: str) -> list[Any]:
    if not (given or "").strip():
        raise ValueError("profile: got nothing, expected a folder that `synthrl profile` wrote")
    folder = profiles.open_profile(given)
    found = profiles.table(folder)
    filters = [gr.update(choices=runs.choices(found, column), value="all") for column in ("hops", "kind")]
    return [folder, profiles.summary(folder), gr.update(visible=True), *filters]


def _listed(values: tuple[Any, ...], page: int) -> list[Any]:
    folder, hops, kind, order = values
    if not folder:
        return [1, gr.update(choices=[], value=None), ""]
    found = profiles.table(folder)
    number, pages, shown = runs.page(profiles.chosen(found, hops, kind, order), page)
    choices = [(profiles.label(found.iloc[place]), str(place)) for place in shown]
    return [number, gr.update(choices=choices, value=None, label=f"Rows, page {number} of {pages}"), ""]


def _detail(chosen: str | None, folder: str) -> list[Any]:
    if chosen is None:
        return [""]
    found = profiles.table(folder)
    if not 0 <= int(chosen) < len(found):
        raise ValueError(f"{folder}: there is no such row any more: open the profile again")
    row = profiles.full_row(found.iloc[int(chosen)])
    try:
        return [_row(row)]
    except (TypeError, LookupError, AttributeError) as error:
        raise ValueError(f"{folder}: this row is not as `synthrl profile` writes it: {error}") from None


def _row(row: dict[str, Any]) -> str:
    told_of = profiles.judged(row)
    cards = [
        reading.completion_html(f"Completion {number}", text, verdict, right)
        for number, (text, verdict, right) in enumerate(told_of[:_MOST], start=1)
    ]
    more = f"<p>{len(told_of) - _MOST} more are not shown.</p>" if len(told_of) > _MOST else ""
    head = escape(f"{row['k']} of {row['n']} right")
    return (
        f'{reading.row_html(row, _steps(row))}<div class="sx"><h2>{head}</h2>'
        f'<div class="sx-pair">{"".join(cards)}</div>{more}</div>'
    )


def _steps(row: dict[str, Any]) -> Any:
    """Which sentence serves which step, from the row's world where this version still makes that row."""
    try:
        found = choose.by_id(row["id"])
    except ValueError:
        return None
    same = found and found.row["context"] == row["context"] and found.row["supporting_facts"] == row["supporting_facts"]
    return found.world.steps if found and same and found.world else None
