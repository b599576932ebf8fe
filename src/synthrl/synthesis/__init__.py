"""Models behind endpoints: asked within a budget, no reply paid for twice.

endpoint.py  one try at a chat completion over OpenAI's protocol; local.py the same in process
reply.py     what came back: data, never trusted
cache.py     replies on disk, one file that processes share
budget.py    a cap in requests, tokens or dollars
ask.py       all of it together, with retries
rates.py     replies to a row → its pass rate
"""

from .ask import Asker, Request
from .budget import Budget, OverBudget
from .cache import Cache
from .endpoint import Endpoint
from .reply import Reply

__all__ = ["Asker", "Budget", "Cache", "Endpoint", "OverBudget", "Reply", "Request"]
