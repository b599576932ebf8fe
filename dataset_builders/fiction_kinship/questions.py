"""Questions in words. The last wording in a table is kept for `heldout_phrasing`."""

from collections.abc import Sequence

from synthrl.seeding import Stream

from .kinship import Asked

_RELATED = (
    "How is %s related to %s?",
    "What is %s to %s? Give the term of kinship.",
    "Which term of kinship says what %s is to %s?",
    "Name the kinship: what is %s to %s?",
)
_ONE = (
    "Who is %(z)s's %(n)s?",
    "Who is the %(n)s of %(z)s?",
    "Name the %(n)s of %(z)s.",
    "Give the name of %(z)s's %(n)s.",
)
_ALL = ("Name every %(n)s of %(z)s.", "List every %(n)s of %(z)s.", "Who is %(a)s of %(z)s? Name all there are.",
        "Give the name of every %(n)s that %(z)s had.")  # fmt: skip


def _one_of(wordings: Sequence[str], random: Stream, heldout: bool) -> str:
    return wordings[-1] if heldout else wordings[random.below(len(wordings) - 1)]


def related(one: str, other: str, random: Stream, heldout: bool) -> str:
    """What `one` is to `other`."""
    return _one_of(_RELATED, random, heldout) % (one, other)


def named(nouns: Sequence[Asked], start: str, random: Stream, heldout: bool) -> str:
    """Who the last of `nouns` of … of the first of `nouns` of `start` are."""
    *before, last = nouns
    for asked in before:
        start = f"{start}'s {asked.noun}"
    wordings = _ONE if last.one else _ALL
    said = {"z": start, "n": last.noun, "a": f"an {last.noun}" if last.noun[0] in "aeiou" else f"a {last.noun}"}
    return _one_of(wordings, random, heldout) % said
