"""lighteval's own command line, also without a network: `python -m synthrl.app.lighteval accelerate …`.

By itself it downloads a file when it imports one of its tasks, refuses to start beside the release of a parser that
`math-verify` needs, and never tells transformers to sample, so that it is greedy at any temperature unless the model's
own settings say otherwise. The first two are no part of the tasks here; the last is put right.
"""

import sys
import types
from typing import Any


def app() -> Any:
    try:
        from lighteval.models.model_input import GenerationParameters
        from lighteval.utils import imports
    except ImportError:
        raise ImportError("lighteval is not installed: pip install 'synthrl[eval]'") from None
    from packaging.requirements import Requirement

    imports.required_dependencies()[0]["latex2sympy2_extended"] = Requirement("latex2sympy2_extended")
    downloads = types.ModuleType("lighteval.tasks.tasks.tiny_benchmarks")
    sys.modules.setdefault(downloads.__name__, downloads)
    stock = GenerationParameters.to_transformers_dict
    if stock.__name__ != "sampling":

        def sampling(self: Any) -> dict[str, Any]:
            return {**stock(self), **({"do_sample": True} if self.temperature > 0 else {})}

        GenerationParameters.to_transformers_dict = sampling
    from lighteval.__main__ import app

    return app


if __name__ == "__main__":
    app()()
