import evaluate
from evaluate.utils import launch_gradio_widget

from synthrl.app.metrics import metric_path

launch_gradio_widget(evaluate.load(metric_path("answer_f1")))
