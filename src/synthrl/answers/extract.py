"""Completion → the answer in it. What was asked is not looked at, so an answer in the prompt earns nothing."""

import re
from collections.abc import Sequence
from typing import Any, TypeGuard

from synthrl.prompt import TAG

_THINKING_ENDS = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_THINKING_STARTS = re.compile(r"<(?:think|thinking|reasoning)>", re.IGNORECASE)
_BOXED = re.compile(r"\\f?boxed\s{0,9}\{")
_HASHES = re.compile(r"####[ \t]{0,9}([-−+$€£]{0,3}\.?\d[^\n]*)")
_IS = r"(?:[*_]{0,3}:[*_]{0,3}|[*_]{0,3} (?:is|are|was|were|(?:would|will|must|should) be):?)"
_ANSWER_IS = re.compile(
    rf"\b(?:answer|option|choice)s?{_IS}"
    r"|^[#*_ \t]{0,8}(?:the )?(?:final )?answer[*_: \t]{0,6}$",  # a heading
    re.IGNORECASE | re.MULTILINE,
)
_IS_THE_ANSWER = re.compile(r" is (?:the|my) (?:final |correct |right )?answer\b", re.IGNORECASE)
_BULLETS = re.compile(r"(?:[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+[^\n]*(?:\n|$))+")
_LEAD = re.compile(
    r"(?:(?:so|thus|therefore|hence),? )?(?:the |my )?(?:final |correct |right )?(?:answer|option|choice)(?: is:?|:)\s",
    re.IGNORECASE,
)
_WRAPPED = re.compile(
    r"\\(?:text|textbf|mathrm|mathbf)\s?\{([^{}]*)\}\.?|\*\*(.*)\*\*\.?|`([^`]*)`\.?|\$([^$]*)\$\.?", re.DOTALL
)
_SENTENCE_ENDS = re.compile(  # "Dr. X" goes on, and so does "J. R. X"
    r"(?<!\b[A-Z])(?<!\b(?:Dr|Mr|Ms|St|Jr|Sr|No|Mt|Ft))(?<!\b(?:Mrs|Rev|Gen|Col|Sgt))(?<!\bProf)[.!?]\s+(?=\S)"
)
_LONGEST_BARE = 200  # characters of a completion that is an answer and nothing else

Completion = str | Sequence[dict[str, Any]]  # plain text, or the chat messages that a trainer hands on


def text_of(completion: Completion | None) -> str:
    """What the model said last: nothing, where it is neither text nor chat messages."""
    if isinstance(completion, str):
        return completion
    messages = [message for message in completion if isinstance(message, dict)] if _listed(completion) else []
    said = [message.get("content") for message in messages if message.get("role", "assistant") == "assistant"]
    content = said[-1] if said else ""
    if _listed(content):  # parts, of which some may be pictures
        texts = [part.get("text") if isinstance(part, dict) else part for part in content]
        content = "".join([text for text in texts if isinstance(text, str)])
    return content if isinstance(content, str) else ""


def _listed(value: Any) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    return isinstance(value, list | tuple)


def after_thinking(text: str) -> str:
    """What is said once the thinking is over; nothing if it never is."""
    end = 0
    for mark in _THINKING_ENDS.finditer(text):
        end = mark.end()
    start = _THINKING_STARTS.search(text, end)
    return text[end : start.start()] if start else text[end:]


def thinking_is_whole(text: str) -> bool:
    """No thinking, or one stretch of it that ends. It may have begun in the prompt."""
    starts = [mark.start() for mark in _THINKING_STARTS.finditer(text)]
    ends = [mark.start() for mark in _THINKING_ENDS.finditer(text)]
    return len(starts) <= len(ends) <= 1 and starts[:1] <= ends


def extract_answer(completion: Completion, strict: bool = False, tag: str = TAG) -> str | None:
    """The last answer given, or None if there is none.

    It stands in the last pair of answer tags. Unless `strict`, one may also end the completion with an open tag, box it
    (`\\boxed{…}`), mark it (`#### 7`), announce it ("the answer is …"), or say nothing else.

    >>> extract_answer("Her mother is Ada. <answer>Ada</answer>")
    'Ada'
    >>> extract_answer("So the answer is Ada."), extract_answer("So the answer is Ada.", strict=True)
    ('Ada', None)
    """
    text = after_thinking(text_of(completion))
    if strict:
        return _in_tags(text, tag) or None
    text = re.sub(rf"<(/?){tag}>", rf"<\1{tag}>", text, flags=re.IGNORECASE)
    answer = _in_tags(text, tag)
    answer = _open_tag(text, tag) if answer is None else answer
    text = text.partition(f"</{tag}>")[0]  # where it ends if the prompt opened the tag
    for find in (_boxed, _after_hashes, _announced, _bare):
        answer = find(text) if answer is None else answer
    return _bared(answer or "") or None


def _in_tags(text: str, tag: str) -> str | None:
    end = text.rfind(f"</{tag}>")
    start = text.rfind(f"<{tag}>", 0, end) if end >= 0 else -1
    return text[start + len(tag) + 2 : end].partition(f"</{tag}>")[0].strip() if start >= 0 else None


def _open_tag(text: str, tag: str) -> str | None:
    """A tag at the end that was never closed: the trainer stopped there, or cut it off."""
    before, opened, rest = text.rpartition(f"<{tag}>")
    if not rest.strip() and f"<{tag}>" in before:  # "<answer>Ada<answer>": closed by the same
        rest = before.rpartition(f"<{tag}>")[2]
    return rest.partition("<|")[0].strip() if opened else None  # "<|im_end|>" and its like


def _boxed(text: str) -> str | None:
    start = 0
    for match in _BOXED.finditer(text):
        start = match.end()
    if not start:
        return None
    depth = 1
    for brace in re.finditer(r"[{}]", text[start:]):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return text[start : start + brace.start()].strip()
    return None


def _after_hashes(text: str) -> str | None:
    found = _HASHES.findall(text)
    return found[-1].strip() if found else None


def _announced(text: str) -> str | None:
    """ "The answer is Ada", a list of answers below a heading, or "Ada is the answer"."""
    ends = [match.end() for match in _ANSWER_IS.finditer(text)]
    if ends:
        rest = text[ends[-1] :].lstrip()
        below = "\n" in text[ends[-1] : len(text) - len(rest)]
        bullets = _BULLETS.match(rest) if below else None
        line = bullets[0] if bullets else _SENTENCE_ENDS.split(rest.partition("\n")[0], maxsplit=1)[0].rstrip(".")
        return line.strip()
    starts = [match.start() for match in _IS_THE_ANSWER.finditer(text)]
    if starts:
        return _SENTENCE_ENDS.split(text[: starts[-1]].rpartition("\n")[2])[-1].strip()
    return None


def _bared(answer: str) -> str:
    """An answer without the dress that some put on it inside the tag as well."""
    lead = _LEAD.match(answer)
    answer = answer[lead.end() :].strip() if lead else answer
    answer = _boxed(answer) or answer
    wrapped = _WRAPPED.fullmatch(answer)
    return wrapped[wrapped.lastindex or 0].strip() if wrapped else answer


def _bare(text: str) -> str | None:
    text = text.strip()
    return text if len(text) <= _LONGEST_BARE and "\n" not in text else None
