"""The tab for a training run: its completions, filtered and in pages, and the same row over the steps."""

from typing import Any

import gradio as gr

from synthrl.app.explore import choose, reading, runs
from synthrl.app.explore.events import QUIET, TO_DETAIL, told, two_columns, unless_wrong
from synthrl.app.explore.html import error, noted, said


def build(blocks: gr.Blocks, given: str) -> None:
    with gr.Row():
        path = gr.Textbox(
            given, label="Folder of a run", placeholder="runs/mine", scale=4, min_width=280, elem_id="sx-run"
        )
        button = gr.Button("Open", variant="primary", scale=1, min_width=100, elem_id="sx-run-open")
    wrong = gr.HTML(elem_id="sx-run-error", padding=False)
    about = gr.HTML(padding=False, elem_id="sx-run-about")
    folder = gr.State("")
    with gr.Column(visible=bool(given)) as inside:
        fields = _fields()
        count = gr.HTML(padding=False, elem_id="sx-run-count")
        lines, back, number, on, detail = two_columns("sx-run", "Completions")
    listed, everything = [number, count, lines, detail, wrong], [folder, *fields]
    opening = [folder, about, inside, *fields, wrong]
    again = told(len(listed))(lambda *values: _listed(values, 1))

    def moved(by: int) -> Any:
        return told(len(listed))(lambda page, *values: _listed(values, int(page or 1) + by))

    start = told(len(opening))(_opened)
    then = unless_wrong(len(listed), again)
    for event in (button.click, path.submit, *([blocks.load] if given else [])):
        event(start, path, opening, **QUIET).then(then, [wrong, *everything], listed, **QUIET)
    look, step = fields[:2]
    look.input(_steps, [folder, look], step, **QUIET).then(again, everything, listed, **QUIET)
    gr.on(
        [field.input for field in fields[1:6]] + [fields[7].input, fields[6].submit], again, everything, listed, **QUIET
    )
    for source, by in ((back.click, -1), (on.click, 1), (number.submit, 0)):
        source(moved(by), [number, *everything], listed, **QUIET)
    lines.input(told(2)(_detail), [lines, *everything], [detail, wrong], **QUIET).then(None, js=TO_DETAIL % "sx-run")


def _fields() -> list[Any]:
    """In the order of `runs.Filter`."""
    with gr.Row():
        look = gr.Dropdown([], label="Rows", min_width=190)
        step = gr.Dropdown([], label="Step", min_width=90)
        mode = gr.Dropdown(["all"], value="all", label="Decoding", min_width=130)
        hops = gr.Dropdown(["all"], value="all", label="Hops", min_width=90)
        kind = gr.Dropdown(["all"], value="all", label="Kind", min_width=150)
        right = gr.Dropdown(list(runs.RIGHT), value="all", label="Which", min_width=175, elem_id="sx-run-right")
        words = gr.Textbox(label="Holds", min_width=140, max_length=200)
        order = gr.Dropdown(list(runs.ORDERS), value=runs.ORDERS[0], label="Order", min_width=200)
    return [look, step, mode, hops, kind, right, words, order]


def _opened(given: str) -> list[Any]:
    """All outputs of opening but the error."""
    if not (given or "").strip():
        raise ValueError("run: got nothing, expected the output_dir of a recipe")
    run = runs.open_run(given)
    look = next(iter(run.steps))
    step = run.steps[look][-1]
    found = runs.table(run.folder, look, step)
    notes = "".join([f"<li>{noted(line)}</li>" for line in run.about])
    filters = [gr.update(choices=runs.choices(found, column), value="all") for column in ("mode", "hops", "kind")]
    looks = [(runs.LOOKS[known], known) for known in run.steps]
    return [
        run.folder,
        f'<ul class="sx sx-soft">{notes}</ul>',
        gr.update(visible=True),
        gr.update(choices=looks, value=look),
        gr.update(choices=run.steps[look], value=step),
        *filters,
        "all",
        "",
        runs.ORDERS[0],
    ]


def _steps(folder: str, look: str) -> Any:
    steps = sorted(runs.steps(folder, look))
    return gr.update(choices=steps, value=steps[-1] if steps else None)


def _listed(values: tuple[Any, ...], page: int) -> list[Any]:
    folder, by = values[0], runs.Filter(*values[1:])
    if not folder:
        return [1, "", gr.update(choices=[], value=None), ""]
    found = runs.table(folder, by.look, by.step)
    places = runs.chosen(folder, by)
    number, pages, shown = runs.page(places, page)
    right = int((found["exact_match"].iloc[places] == 1).sum())
    count = f"{len(places):,} of {len(found):,} completions, {right:,} of them right; page {number} of {pages}"
    choices = [(runs.label(found.iloc[place]), str(place)) for place in shown]
    return [number, f'<p class="sx" role="status">{count}</p>', gr.update(choices=choices, value=None), ""]


def _detail(chosen: str | None, *values: Any) -> list[Any]:
    if chosen is None:
        return [""]
    folder, by = values[0], runs.Filter(*values[1:])
    found = runs.table(folder, by.look, by.step)
    if not 0 <= int(chosen) < len(found):
        raise ValueError(f"{folder}: there is no such line any more: open the run again")
    line = found.iloc[int(chosen)]
    cards = [
        reading.completion_html(
            f"Step {seen.step}",
            seen.completion,
            f"earns {seen.f1:.2f}" if seen.parsed else "no answer found",
            seen.right,
        )
        for seen in runs.over_steps(folder, by.look, by.step, line)
    ]
    gold = f'<p>Wanted: <span class="sx-answer">{said(line["answer"])}</span></p>' if line["answer"] else ""
    return [
        f'<div class="sx"><p class="sx-question">{said(line["question"])}</p>{gold}'
        f'<div class="sx-pair">{"".join(cards)}</div></div>{_whole_row(line)}'
    ]


def _whole_row(line: Any) -> str:
    """The row itself, where its id says how to make it."""
    try:
        found = choose.by_id(str(line["id"]))
    except ValueError as reason:
        return error(f"the whole row cannot be made: {reason}")
    if found is None or found.row.get("question") != line["question"]:
        return ""
    inside = reading.row_html(found.row, found.world.steps if found.world else None)
    return f'<div class="sx"><details><summary>The whole row</summary>{inside}</details></div>'
