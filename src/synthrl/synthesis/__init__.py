"""Models behind endpoints: asked within a budget, no reply paid for twice.

endpoint.py  one try at a chat completion over OpenAI's protocol; local.py the same in process
reply.py     what came back: data, never trusted
cache.py     replies on disk, one file that processes share
budget.py    a cap in requests, tokens or dollars
ask.py       all of it together, with retries
rates.py     replies to a row → its pass rate; mixture.py pass rates over a grid of knobs → the mixture near a target

From a task definition to a training set (README.md):

definition.py  the task; candidate.py what is written for it; asked.py how that is asked
passages.py    texts to write from; corpus.py their index; overlap.py what must not be written again
teacher.py     what the teacher is asked; said.py what it replied; model.py many requests at once
steps.py       the steps, by settings.py; checks.py, ballot.py (votes.py), measure.py, difficulty.py, choose.py are theirs
draft.py       one sample on its way; results.py, funnel.py, card.py, pictures.py what is left of all
calibration.py the same votes where the truth is known: how often they are wrong
"""

from .ask import Asker, Request
from .budget import Budget, OverBudget
from .cache import Cache
from .endpoint import Endpoint
from .reply import Reply

__all__ = ["Asker", "Budget", "Cache", "Endpoint", "OverBudget", "Reply", "Request"]
