"""The dataset card: of the rows as they are, and of the dataset that they come from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pyarrow.parquet as pq
import yaml
from datasets import DatasetInfo, Features
from datasets.info import DatasetInfosDict
from datasets.splits import SplitDict
from huggingface_hub import DatasetCardData

from synthrl.app import gallery

from . import statistics
from .judged import Audited, Guessed
from .statistics import Counted

SIZES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")
LICENCES = {"apache-2.0": "Apache-2.0"}
LONGEST = 1_500  # characters of a document that is shown


class Split(NamedTuple):
    part: str
    name: str
    files: tuple[str, ...]
    bytes: int  # of the files
    counted: Counted


@dataclass(frozen=True)
class Facts:
    """All that the card tells of."""

    dataset: str
    readme: str  # of the dataset's folder
    repo_id: str | None
    command: str
    made: Mapping[str, str]  # seed, versions, hashes
    unit: str
    features: Mapping[str, Features]  # of each configuration
    contents: Mapping[str, str]  # of each configuration, a digest of its files
    splits: Sequence[Split]
    pictures: Mapping[str, str]
    guessed: Mapping[str, Guessed]
    audited: Audited | str  # or why it was not


def text(facts: Facts, tree: Path) -> str:
    front, title, intro, code, about = _read(facts.readme)
    file = Path(__file__).parent / "card.jinja"
    options: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "undefined": jinja2.StrictUndefined}
    template = jinja2.Template(file.read_text(encoding="utf-8"), keep_trailing_newline=True, **options)
    licence = str(front.get("license"))
    page = template.render(
        head=yaml.safe_dump(_head(front, facts), sort_keys=False, allow_unicode=True, width=120),
        title=title,
        intro=intro,
        code=code,
        about=about,
        place=facts.repo_id or "path/of/this/folder",
        rows=f"{sum(split.counted.rows for split in facts.splits):,}",
        parts=list(facts.features),
        corpus=any("question" not in features for features in facts.features.values()),
        statistics=_statistics(facts),
        shown=_shown(facts, tree),
        guessed=_guessed(facts.guessed),
        guessers=max((one.guessers for one in facts.guessed.values()), default=0),
        audited=facts.audited if isinstance(facts.audited, Audited) else None,
        unaudited=facts.audited,
        made=[(what, f"`{said}`") for what, said in facts.made.items()],
        version=facts.made["synthrl"],
        licence=LICENCES.get(licence, licence),
        **{name: getattr(facts, name) for name in ("dataset", "command", "unit", "pictures")},
    )
    return re.sub(r"\n{3,}", "\n\n", page)


def _read(readme: str) -> tuple[dict[str, Any], str, str, str, str]:
    """Front matter, title, what it says first, its first example, and the rest a level deeper."""
    _, front, body = readme.split("---\n", 2)
    told: dict[str, Any] = yaml.safe_load(front)
    opening, _, rest = body.partition("\n## ")
    intro, fence, code = re.sub(r"^\s*# .*\n", "", opening).partition("```")
    return told, str(told["pretty_name"]), intro.strip(), f"{fence}{code}".strip(), _deeper(f"## {rest}").strip()


def _deeper(text: str) -> str:
    """Headings a level down, and links to what is beside the card, and is not published with it, as their text."""
    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    for place in range(0, len(parts), 2):
        deeper = re.sub(r"^(#+ )", r"#\1", parts[place], flags=re.MULTILINE)
        parts[place] = re.sub(r"\[([^\]]+)\]\((?!https?:|#)[^)]+\)", r"\1", deeper)
    return "".join(parts)


def _head(told: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    rows = sum(split.counted.rows for split in facts.splits)
    head = {**told, "size_categories": [size_category(rows)], "tags": [*told.get("tags", []), "synthrl"]}
    infos, configs = DatasetInfosDict(), []
    for number, (part, features) in enumerate(facts.features.items()):
        own = [split for split in facts.splits if split.part == part]
        sizes = [{"name": s.name, "num_bytes": s.counted.bytes, "num_examples": s.counted.rows} for s in own]
        infos[part] = DatasetInfo(
            features=features,
            splits=SplitDict.from_split_dict(sizes),
            download_size=sum(split.bytes for split in own),
            dataset_size=sum(split.counted.bytes for split in own),
        )
        # Of so many files, and no others: what an earlier publication left in the repository is none of these.
        data = [{"split": s.name, "path": re.sub(r"-\d{5}-of", "-*-of", s.files[0])} for s in own]
        # By the description `datasets` knows that these are not the rows of an earlier tree which it has cached: of the
        # files themselves only their names count there.
        content = {"description": f"rows {facts.contents[part]}", "data_files": data}
        configs.append({"config_name": part, **({} if number else {"default": True}), **content})
    front = DatasetCardData()
    infos.to_dataset_card_data(front)
    return {**head, "configs": configs, "dataset_info": front["dataset_info"]}


def size_category(rows: int) -> str:
    """As the Hub writes it."""
    place = next((i for i in range(len(SIZES)) if rows < 1_000 * 10**i), len(SIZES))
    if place == 0:
        return f"n<{SIZES[0]}"
    return f"n>{SIZES[-1]}" if place == len(SIZES) else f"{SIZES[place - 1]}<n<{SIZES[place]}"


def _statistics(facts: Facts) -> str:
    lines = [["configuration", "split", "rows", "kinds", "hops", "judged by", "prompt", "95%", "solution", "95%"]]
    lines += [["---", "---", "--:", "--:", "--:", "---", "--:", "--:", "--:", "--:"]]
    for split in facts.splits:
        counted = split.counted
        hops = sorted(counted.hops)
        ends = f"{hops[0]}–{hops[-1]}" if len(hops) > 1 else "".join(map(str, hops))
        line = [f"`{split.part}`", split.name, f"{counted.rows:,}", str(len(counted.kinds) or "–"), ends or "–"]
        line += [", ".join(scorer for scorer, _ in sorted(counted.scorers.items())) or "–"]
        for counts in (counted.asked, counted.solved):
            line += [f"{statistics.quantile(counts, share):,}" if counts else "–" for share in (0.5, 0.95)]
        lines.append(line)
    return _table(lines)


def _guessed(of: Mapping[str, Guessed]) -> str:
    lines = [
        ["configuration", "rows", "chance", "best", "", "best by kind"],
        ["---", "--:", "--:", "--:", "---", "--:"],
    ]
    for part, one in of.items():
        lines.append([f"`{part}`", f"{one.rows:,}", f"{one.chance:.3f}", f"{one.earns:.3f}"])
        lines[-1] += [one.best, f"{one.by_kind:.3f}"]
    return _table(lines) if of else ""


def _table(lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(facts: Facts, tree: Path) -> dict[str, str]:
    """A row of the configuration in the middle, read from its file."""
    asking = [part for part, features in facts.features.items() if "question" in features] or list(facts.features)
    part = asking[len(asking) // 2]
    split = next(split for split in facts.splits if split.part == part)
    with pq.ParquetFile(tree / split.files[0]) as file:
        row = next(file.iter_batches(1)).to_pylist()[0]
    if "question" not in row:
        text = row["text"] if len(row["text"]) <= LONGEST else f"{row['text'][:LONGEST]} …"
        return {"part": part, "said": f"`{row['id']}`", "text": f"> **{row['title']}** {text}"}
    said = f"`{row['id']}`: {row['kind']}, {row['hops']} hops"
    if needed := _needed(row):
        said += f"; of its {len(row['context']['title'])} paragraphs what the answer takes"
    return {"part": part, "said": said, "text": _entry({**row, "context": needed or row["context"]})}


def _needed(row: Mapping[str, Any]) -> dict[str, list[Any]] | None:
    """The sentences of the context that are supporting facts; None if that says nothing of it."""
    facts, context = row["supporting_facts"], row["context"]
    pairs = set(zip(facts["title"], facts["sent_id"], strict=True))
    found = {
        title: [said for number, said in enumerate(sentences) if (title, number) in pairs]
        for title, sentences in zip(context["title"], context["sentences"], strict=True)
        if title in facts["title"]
    }
    return {"title": list(found), "sentences": list(found.values())} if found else None


def _entry(row: dict[str, Any]) -> str:
    """As the gallery has it, but for its heading; no quotation ends in an empty line."""
    _, *lines = gallery.entry(row)
    return "\n".join(lines).replace("\n>\n\n", "\n\n")
