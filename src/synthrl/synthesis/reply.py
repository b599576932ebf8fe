"""What a model said, read from what a server sent. All of it is data: whatever it holds gets a status, and none raises."""

import json
from typing import Any, NamedTuple

from synthrl.answers.extract import text_of

OK, CUT, EMPTY, HUGE, MALFORMED, REFUSED = "ok", "cut", "empty", "huge", "malformed", "refused"
USABLE = (OK, CUT)  # CUT: ended by max_tokens, and judged as it stands
SAID = (OK, CUT, EMPTY, HUGE)  # the model's own doing; a malformed reply is the server's, and so is a refusal


class Reply(NamedTuple):
    status: str
    text: str = ""  # REFUSED: why
    tokens_in: int | None = None  # None where the server does not say
    tokens_out: int | None = None
    model: str = ""  # what the server says it is


def read(body: bytes) -> Reply:
    """The first choice of a chat completion."""
    try:
        found = json.loads(body)
        choice = found["choices"][0]
        message = choice["message"]
        if not (message["content"] is None or isinstance(message["content"], str | list)):
            return Reply(MALFORMED)
    except (ValueError, LookupError, TypeError, RecursionError):
        return Reply(MALFORMED)
    text = _whole(text_of([{"content": message["content"]}]))
    status = CUT if choice.get("finish_reason") == "length" else OK
    usage = found.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    served = [found.get("model"), found.get("system_fingerprint")]
    return Reply(
        status if text.strip() else EMPTY,
        text,
        _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")),
        "@".join(_whole(part)[:200] for part in served if isinstance(part, str) and part),
    )


def _whole(text: str) -> str:
    """Without half characters ("\\ud83d" alone), which no file takes."""
    return text.encode("utf-8", "replace").decode()


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**31 else None
