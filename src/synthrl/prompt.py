"""Row → chat messages. The default system prompt and the answer tag live here and nowhere else."""

from typing import Any

TAG = "answer"
# No answer stands in it, not between tags and not announced: whoever repeats the prompt has not answered.
SYSTEM = (
    "Answer the question. Think step by step first, then give the final answer, and nothing else, inside "
    f"<{TAG}></{TAG}> tags. If there are several answers, separate them by commas. "
    "If there is a text and it does not settle the question, say unanswerable there."
)


def tagged(answer: str) -> str:
    return f"<{TAG}>{answer}</{TAG}>"


def passage(titles: list[str], texts: list[str]) -> str:
    """The paragraphs as one text, each below its title."""
    return "\n\n".join([f"{title}\n{text}" for title, text in zip(titles, texts, strict=True)])


def user(question: str, text: str = "", choices: list[str] | None = None) -> str:
    """What the user says: the text where there is one, then the question, then the choices."""
    parts = [text] if text else []
    parts.append(f"Question: {question}")
    if choices:
        parts.append("\n".join(f"{chr(ord('A') + i)}. {choice}" for i, choice in enumerate(choices)))
    return "\n\n".join(parts)


def chat(content: str, system: str | None = SYSTEM) -> list[dict[str, str]]:
    messages = [{"role": "user", "content": content}]
    return [{"role": "system", "content": system}, *messages] if system else messages


def messages(row: dict[str, Any], system: str | None = SYSTEM) -> list[dict[str, str]]:
    """The chat that asks `row`, which may lack context and choices."""
    context = row.get("context") or {"title": [], "sentences": []}
    text = passage(context["title"], [" ".join(sentences) for sentences in context["sentences"]])
    return chat(user(row["question"], text, row.get("choices")), system)


def as_text(chat: list[dict[str, str]]) -> str:
    """The chat as one text, for base models."""
    return "\n\n".join(turn["content"] for turn in chat) + "\n\nAnswer:"


def asks_only(row: dict[str, Any]) -> bool:
    """Does the user say the text and the question, and nothing else? The system prompt may be an own one."""
    said, asked = row["prompt"], messages(row, system=None)
    if isinstance(said, str):
        return f"\n\n{said}".endswith("\n\n" + as_text(asked))
    return said[-1:] == asked and [turn["role"] for turn in said[:-1]] in ([], ["system"])


def with_prompt(dataset: Any, system: str | None = SYSTEM, plain: bool = False) -> Any:
    """`dataset` asked in another way: with an own system prompt (None for none), or as plain text for base models.

    A `Dataset` or `DatasetDict`, streamed or not; what comes back is of the same type.

    >>> ds = with_prompt(ds, system="Answer in one word, in <answer> tags.")  # doctest: +SKIP
    """
    from datasets import Features, Value

    from synthrl.row import FEATURES

    if isinstance(dataset, dict):
        return type(dataset)({name: with_prompt(split, system, plain) for name, split in dataset.items()})

    def ask(row: dict[str, Any]) -> dict[str, Any]:
        chat = messages(row, system)
        return {"prompt": as_text(chat) if plain else chat}

    features = dataset.features  # of some streams not known
    if features:
        features = Features({**features, "prompt": Value("string") if plain else FEATURES["prompt"]})
    return dataset.map(ask, features=features)
