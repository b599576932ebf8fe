"""What the tabs share: a list beside what is chosen of it, and errors that are one line in the page."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from synthrl.app.explore import html

Handler = Callable[..., Any]
# Of no use to others: the page is the interface.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}


def told(outputs: int) -> Callable[[Handler], Handler]:
    """A handler of so many outputs, the last of which is the error line: empty where there is none."""

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def answer(*fields: Any) -> Sequence[Any]:
            try:
                found = handler(*fields)
            except (ValueError, OSError, ImportError) as error:
                return *[gr.skip()] * (outputs - 1), html.error(error)
            return *found, ""

        return answer

    return decorate


def unless_wrong(outputs: int, handler: Handler) -> Handler:
    """For what comes after another handler: nothing where that one told an error, which is to stay."""
    return lambda wrong, *fields: [gr.skip()] * outputs if wrong else handler(*fields)


# On a phone what was chosen stands below the list.
TO_DETAIL = "() => { if (innerWidth < 900) document.getElementById('%s-detail').scrollIntoView() }"


def two_columns(id_: str, label: str) -> tuple[Any, Any, Any, Any, Any]:
    """A list in pages, and what is chosen of it."""
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            lines = gr.Radio([], label=label, elem_classes="sx-lines", elem_id=f"{id_}-lines")
            with gr.Row():
                back = gr.Button("Page before", size="sm", min_width=90, elem_id=f"{id_}-back")
                number = gr.Number(1, label="Page", precision=0, minimum=1, min_width=80, elem_id=f"{id_}-page")
                on = gr.Button("Next page", size="sm", min_width=90, elem_id=f"{id_}-on")
        with gr.Column(scale=3, min_width=320):
            detail = gr.HTML(padding=False, elem_id=f"{id_}-detail")
    return lines, back, number, on, detail
