"""The row: one shape for every question of ours and every benchmark that we map onto it."""

from typing import Any

from datasets import Features, List, Value

from synthrl.answers import CONVENTIONS

_STRING, _INT = Value("string"), Value("int32")

FEATURES = Features(
    {
        "id": _STRING,  # dataset, version, config, split, index; a real row keeps its own id
        "prompt": List({"role": _STRING, "content": _STRING}),  # ready for TRL; made by prompt.py
        "question": _STRING,
        "context": {"title": List(_STRING), "sentences": List(List(_STRING))},  # HotpotQA's own shape
        "choices": List(_STRING),  # multiple choice only
        "answers": List(List(_STRING)),  # all that must be named, each with its aliases, the canonical one first
        "answer": _STRING,  # the canonical answer as one string
        "scorer": _STRING,  # one of SCORERS
        "hops": _INT,
        "kind": _STRING,  # family of the question
        "level": _STRING,  # the benchmark's own level, where it has one
        "answerable": Value("bool"),
        "steps": List({"question": _STRING, "answer": _STRING, "title": _STRING}),  # hop by hop
        "supporting_facts": {"title": List(_STRING), "sent_id": List(_INT)},  # HotpotQA's own shape
        "solution": _STRING,  # a worked answer that ends in the answer tag
        "meta": _STRING,  # JSON: what analyses need and trainers don't
    }
)
COLUMNS = tuple(FEATURES)

# The rules that may judge a row: words in common by one of the conventions, or one of those that know what is meant.
SCORERS = frozenset({"set", "number", "math", "choice", "label", *(f"f1:{name}" for name in CONVENTIONS)})
UNANSWERABLE = ["unanswerable", "unknown", "not stated", "cannot be determined"]


def validate(row: dict[str, Any]) -> None:
    """Raise if `row` breaks the contract in a way that Arrow's types would let pass."""

    def require(holds: bool, what: str) -> None:
        if not holds:
            raise ValueError(f"row {row.get('id')!r}: {what}")

    require(tuple(row) == COLUMNS, f"columns are {tuple(row)}, expected {COLUMNS}")
    require(row["scorer"] in SCORERS, f"scorer {row['scorer']!r} is not one of {sorted(SCORERS)}")
    require(bool(row["answers"]) and all(row["answers"]), "answers must hold a non-empty list of aliases each")
    require(row["answer"] == ", ".join(aliases[0] for aliases in row["answers"]), "answer is not the canonical answers")
    require(row["hops"] >= 0, "hops is negative")
    context, facts = row["context"], row["supporting_facts"]
    require(len(context["title"]) == len(context["sentences"]), "context has titles without sentences")
    require(len(facts["title"]) == len(facts["sent_id"]), "supporting_facts has titles without sent_id")
    length = dict(zip(context["title"], map(len, context["sentences"]), strict=True))
    for title, sentence in zip(facts["title"], facts["sent_id"], strict=True):
        require(0 <= sentence < length.get(title, 0), f"supporting fact {title!r}[{sentence}] is not in the context")
