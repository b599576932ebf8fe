"""The page of a metric's Space: what goes into `compute`, and what comes out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthrl.app.metrics import metric_path

ROW = {  # of which most examples are
    "question": "In which city does the founder of the employer of Ada live?",
    "context": {"title": ["Ada", "Birch Mill", "Cy Dorn", "Eve"], "sentences": [["…"], ["…"], ["…"], ["…"]]},
    "steps": [
        {"question": "Who employs Ada?", "answer": "Birch Mill", "title": "Ada"},
        {"question": "Who founded it?", "answer": "Cy Dorn", "title": "Birch Mill"},
        {"question": "Where does he live?", "answer": "Rome", "title": "Cy Dorn"},
    ],
    "supporting_facts": {"title": ["Ada", "Birch Mill", "Cy Dorn"], "sent_id": [0, 0, 0]},
    "answers": [["Rome"]],
    "scorer": "set",
    "choices": [],
    "answerable": True,
    "hops": 3,
    "kind": "chain",
}


def page(metric: Any, example: Mapping[str, Any]) -> Any:
    """A Gradio app. `example`: what `compute` gets at first."""
    try:
        import gradio
    except ImportError:
        raise ImportError("a Space's page needs gradio: pip install 'synthrl[explore]'") from None

    def compute(text: str) -> tuple[Any, str]:
        try:
            return computed(metric, text)
        except (ValueError, TypeError) as error:  # what was typed there does not fit
            raise gradio.Error(str(error)) from None

    card = (Path(metric_path(metric.name)) / "README.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    with gradio.Blocks(title=metric.name) as app:
        gradio.Markdown(f"# {metric.name}\n\n{metric.description}")
        asked = gradio.Code(
            json.dumps(example, indent=1, ensure_ascii=False), language="json", label="What compute gets, as JSON"
        )
        button = gradio.Button("Compute", variant="primary")
        said, table = gradio.JSON(label="What it says"), gradio.Markdown()
        button.click(compute, asked, [said, table])
        gradio.Markdown("## " + card.partition("\n## ")[2])
    return app


def computed(metric: Any, text: str) -> tuple[Any, str]:
    """The figures, and the table of them if there is one."""
    given = json.loads(text)
    if not isinstance(given, dict):
        raise ValueError("expected a JSON object with predictions and references")
    found = metric.compute(**given)
    table = found.pop("table", "")
    return json.loads(json.dumps(found)), table
