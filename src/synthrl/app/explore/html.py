"""What a model or a file said, as HTML: escaped, cut where it is too long, and kept from turning the page around."""

import html
import re

HUES = 8  # colours of steps, after which they come again: each also has its number
SHOWN = 6_000  # characters of a text that is shown
_TAIL = 1_000  # of them from its end


def escape(text: object) -> str:
    """Controls are shown as a mark: some would turn the text around or hide it."""
    plain = "".join([letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in str(text)])
    return html.escape(plain)


def cut(text: str, most: int = SHOWN) -> str:
    if len(text) <= most:
        return text
    tail = min(_TAIL, most // 4)
    left = len(text) - most
    return f"{text[: most - tail]} … {left:,} characters left out … {text[-tail:]}"


def said(text: object, most: int = SHOWN) -> str:
    """A text of unknown origin, in its own direction."""
    return f'<bdi class="sx-said" dir="auto">{escape(cut(str(text), most))}</bdi>'


def noted(text: str) -> str:
    """A line of ours, in which `backticks` stand about what is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", said(text, 600))


def error(message: object) -> str:
    """One line."""
    line = " ".join(str(message).split()) or "this cannot be shown"
    return f'<p class="sx sx-error" role="alert">{noted(line)}</p>'


def badge(number: int) -> str:
    hue = (number - 1) % HUES + 1
    return f'<b class="sx-n sx-c{hue}"><span class="sx-hide">step </span>{number}</b>'


def depth(hops: int) -> str:
    return f"{hops} hop{'' if hops == 1 else 's'}"


def ending(text: object, most: int = 110) -> str:
    """The end of a text as one line: where questions ask."""
    words = " ".join(str(text)[-most * 4 :].split())
    return words if len(words) <= most else f"… {words[-most:].partition(' ')[2]}"
