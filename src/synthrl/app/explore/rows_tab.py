"""The tab for rows: which one, its text, its world, and what an answer to it earns."""

from typing import Any

import gradio as gr

from synthrl.app import hub
from synthrl.app.explore import choose, graph, reading, verdicts
from synthrl.app.explore.choose import Asked
from synthrl.app.explore.events import QUIET, told
from synthrl.app.explore.html import said

_FIRST = "fiction_multihop"
_KEYS = '<p class="sx sx-soft">Keys: <kbd>n</kbd> next, <kbd>p</kbd> previous, <kbd>r</kbd> any row.</p>'


def build(blocks: gr.Blocks, folders: bool) -> None:
    fields = _fields()
    name, config, depth, kind, seed, more, split, number = fields
    with gr.Row(elem_classes="sx-buttons"):
        buttons = {
            step: gr.Button(label, elem_id=f"sx-{label.lower()}", size="sm", min_width=80)
            for label, step in (("Previous", -1), ("Next", 1), ("Random", None))
        }
    error = gr.HTML(elem_id="sx-row-error", padding=False)
    with gr.Tabs(elem_id="sx-views") as views:
        with gr.Tab("Text", id="text"):
            text = gr.HTML(elem_id="sx-text", padding=False)
        # The style hides it where the text is of no drawn world: gradio's `visible` forgets tabs that nobody opened.
        with gr.Tab("World", id="world"):
            world = gr.HTML(elem_id="sx-world", padding=False)
        with gr.Tab("Try an answer"):
            question, verdict = _trial(fields, folders, error)
    outputs = [number, text, views, world, question, verdict, *_elsewhere(), error]

    def show(step: int | None, others: bool = False) -> Any:
        return told(len(outputs))(lambda *values: _shown(values, folders, step, others))

    name.input(_of_dataset, name, fields[1:], **QUIET).then(show(0, others=True), fields, outputs, **QUIET)
    config.input(show(0, others=True), fields, outputs, **QUIET)
    typed = [field.submit for field in (depth, seed, more, number)]
    gr.on([blocks.load, kind.input, split.input, *typed], show(0), fields, outputs, **QUIET)
    for step, button in buttons.items():
        button.click(show(step), fields, outputs, **QUIET)


def _fields() -> list[Any]:
    """In the order of `Asked`."""
    with gr.Row():
        name = gr.Dropdown(hub.names(), value=_FIRST, label="Dataset", min_width=190)
        config = gr.Dropdown(choose.configs(_FIRST), value="default", label="Configuration", min_width=130)
        depth = gr.Textbox(label="hops", placeholder="4 or 2-6", min_width=100)
        kind = gr.Dropdown(_kinds(_FIRST), value="", label="Kind", min_width=130)
        split = gr.Dropdown(list(choose.SPLITS), value="train", label="Split", min_width=130)
        number = gr.Number(0, label="Row", precision=0, minimum=0, min_width=90, elem_id="sx-number")
    with gr.Accordion("Seed and further knobs", open=False), gr.Row():
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, min_width=90)
        more = gr.Textbox(label="Knobs", placeholder="context_chars=8000 unanswerable=0.5", max_length=1_000)
    return [name, config, depth, kind, seed, more, split, number]


def _trial(fields: list[Any], folders: bool, error: Any) -> tuple[Any, Any]:
    """Where an answer is typed and judged: what shows the question, and what the verdict."""
    question = gr.HTML(padding=False)
    typed = gr.Textbox(
        label="An answer, or a whole completion with its tags",
        lines=4,
        max_lines=12,
        elem_id="sx-said",
        max_length=200_000,
    )
    with gr.Row():
        judge = gr.Button("Judge it", variant="primary", elem_id="sx-judge", min_width=120)
        gold = gr.Button("Fill in the worked solution", elem_id="sx-gold", min_width=120)
    verdict = gr.HTML(elem_id="sx-verdict", padding=False)

    def row(values: tuple[Any, ...]) -> dict[str, Any]:
        found = choose.shown(Asked(*values), folders).row
        if "question" not in found:
            raise ValueError("this row is a document of a corpus: it asks no question")
        return found

    judging = told(2)(lambda answer, *values: [verdicts.table(answer or "", row(values))])
    judge.click(judging, [typed, *fields], [verdict, error], **QUIET)
    gold.click(told(2)(lambda *values: [row(values)["solution"]]), fields, [typed, error], **QUIET)
    return question, verdict


def _elsewhere() -> tuple[Any, Any]:
    with gr.Accordion("The same row elsewhere", open=False):
        load = gr.Textbox(label="Python", buttons=["copy"], interactive=False, elem_id="sx-load")
        show = gr.Textbox(label="Command line", buttons=["copy"], interactive=False, elem_id="sx-show")
    gr.HTML(_KEYS, padding=False)
    return load, show


def _kinds(name: str) -> list[tuple[str, str]]:
    return [("any", ""), *[(kind, kind) for kind in choose.kinds(name)]]


def _of_dataset(name: str) -> list[Any]:
    """The fields as another dataset has them, at their start."""
    knob = choose.depth_knob(name)
    return [
        gr.update(choices=choose.configs(name), value="default"),
        gr.update(label=knob or "depth", value="", visible=bool(knob)),
        gr.update(choices=_kinds(name), value="", visible=bool(choose.kinds(name))),
        0,
        "",
        "train",
        0,
    ]


def _shown(values: tuple[Any, ...], folders: bool, step: int | None, others: bool) -> list[Any]:
    """All outputs but the error. After `others`, which may have had a world, nobody is left where there is none."""
    found = choose.shown(Asked(*values), folders, step)
    row, world = found.row, found.world
    question = f'<p class="sx sx-question">{said(row.get("question", row.get("title", "")))}</p>'
    drawn = graph.figure(world.graph) if world else ""
    view = gr.update(selected="text") if others and not world else gr.skip()
    text = reading.row_html(row, world.steps if world else None)
    text = f'<div class="sx-drawn">{text}</div>' if world else text
    return [found.number, text, view, drawn, question, "", found.load, found.show]
