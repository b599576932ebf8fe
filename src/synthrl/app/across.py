"""What only many rows together can show: that none stands twice, and that splits have nothing in common."""

import json
from collections import Counter
from hashlib import blake2b
from itertools import combinations
from typing import Any

from synthrl import prompt

Row = dict[str, Any]


class Across:
    """An audit says of its dataset: `NEEDS_TEXT`, a row without paragraphs cannot be proven; `TITLES_ARE_NAMES`, what its
    paragraphs are called, no other split may speak of."""

    def __init__(self, audit: Any = None) -> None:
        self.needs_text = getattr(audit, "NEEDS_TEXT", False)
        self.titles_are_names = getattr(audit, "TITLES_ARE_NAMES", False)
        self.ids: Counter[str] = Counter()
        self.questions: Counter[tuple[str, bytes]] = Counter()
        self.contexts: set[bytes] = set()
        self.names: dict[str, set[str]] = {}
        self.systems: dict[str, set[bytes]] = {}
        self.unproven = 0

    def add(self, row: Row) -> None:
        split = row["id"].split("/")[-2]
        self.ids[row["id"]] += 1
        titles = "\n".join(row["context"]["title"])
        asked = row["question"] if self.titles_are_names else f"{row['question']}\n{row['context']}\n{row['choices']}"
        self.questions[split, _digest(asked)] += 1
        if titles:
            self.contexts.add(_digest(titles))
        else:
            self.unproven += self.needs_text
        # A system prompt that changes from row to row may tell the answer.
        self.systems.setdefault(split, set()).add(_digest(_system(row)))
        if self.titles_are_names and json.loads(row["meta"]).get("worlds") is None:
            self.names.setdefault(split, set()).update(row["context"]["title"])

    def faults(self) -> list[str]:
        found = [f"{n} rows have the id {id_}" for id_, n in self.ids.items() if n > 1]
        twice = Counter(split for (split, _), n in self.questions.items() if n > 1)
        found += [f"{n} questions of {split} stand there twice or more" for split, n in twice.items()]
        found += [f"rows of {split} have {len(n)} system prompts" for split, n in self.systems.items() if len(n) > 1]
        for one, two in combinations(self.names, 2):
            if shared := self.names[one] & self.names[two]:
                found.append(f"{one} and {two} share {len(shared)} names, {min(shared)} among them")
        return found


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def _system(row: Row) -> str:
    """What the prompt says before the user does."""
    said = row["prompt"]
    if isinstance(said, str):
        return said.removesuffix(prompt.as_text(prompt.messages(row, system=None)))
    return "\n".join(turn["content"] for turn in said[:-1])
