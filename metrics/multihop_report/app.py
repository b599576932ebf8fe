"""The page of the Space, with an example to begin with."""

import evaluate

from synthrl.app.metrics import metric_path
from synthrl.app.publish.space import ROW, page

EXAMPLE = {
    "predictions": ["Ada works for Birch Mill. <answer>Rome</answer>"],
    "references": [ROW],
}

demo = page(evaluate.load(metric_path("multihop_report")), EXAMPLE)

if __name__ == "__main__":
    demo.launch()
