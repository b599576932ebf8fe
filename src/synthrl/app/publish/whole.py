"""The whole tree: rows, what they are like, the card that tells it, and the manifest."""

import importlib.metadata
import shlex
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from tqdm import tqdm

from synthrl import blocks, files, knobs
from synthrl.answers import SCORING_VERSION
from synthrl.app import hub

from . import card, judged, manifest, pictures, statistics, tree
from .plan import Part, Shard
from .tree import Made


def write(folder: Path, args: Namespace, name: str, parts: Sequence[Part], shards: Sequence[Shard]) -> None:
    """The tree, as far as it is not there."""
    builders = {part.name: hub.open_reader(name, part.config, **part.knobs) for part in parts}
    settings = _settings(args, name, builders)
    before = manifest.of(folder)
    told = {**settings, "rows": sum(shard.stop - shard.start for shard in shards)}
    if before and told.items() <= before.items() and manifest.whole(folder, before):
        return  # as it was written
    pictures.check()
    judged.check(name, builders.values(), args.audit)
    _clear(folder, shards)
    making = tree.make(name, shards, folder, args.tokenizer, args.num_proc or 1)
    made = list(tqdm(making, "rows", len(shards), unit=" files", disable=None))
    if kept := sum(one.kept for one in made):
        print(f"{kept:,} of {len(made):,} files were there and are whole", file=sys.stderr)
    files_of = {
        part: [one for _, one in of]
        for part, of in groupby(zip(shards, made, strict=True), lambda pair: pair[0].part.name)
    }
    splits = _splits(zip(shards, made, strict=True))
    content = _content(made)
    facts = card.Facts(
        dataset=name,
        readme=(hub.builder_class(name).folder / "README.md").read_text(encoding="utf-8"),
        repo_id=args.repo_id,
        command=settings["command"],
        made=_made(settings, args.tokenizer, content),
        unit="tokens" if args.tokenizer else "words",
        features={part: builder.features for part, builder in builders.items()},
        contents={part: _content(of)[:16] for part, of in files_of.items()},
        splits=splits,
        pictures=_drawn(folder, splits, args.tokenizer),
        guessed=_guessed(name, parts),
        audited=judged.audit(name, parts, args.audit, args.num_proc),
    )
    files.write(folder / "README.md", card.text(facts, folder))
    for path in {*pictures.FILES} - {*facts.pictures}:
        (folder / path).unlink(missing_ok=True)
    manifest.write(folder, {**settings, "content": content, **_counts(parts, splits)})


def _clear(folder: Path, shards: Sequence[Shard]) -> None:
    """Of what is there only what belongs to these rows is kept."""
    old = tree.others(folder, shards)
    wanted = {*(shard.path for shard in shards), *pictures.FILES, "README.md", *old}
    gone = [*old, *manifest.left_over(folder, wanted)]
    tree.remove(folder, gone)
    if told := [path for path in gone if path != manifest.NAME]:
        few = ", ".join(told[:3]) + (" ..." if len(told) > 3 else "")
        print(f"removed {len(told):,} files of what was published here before: {few}", file=sys.stderr)


def _settings(args: Namespace, name: str, builders: Mapping[str, blocks.RowBuilder]) -> dict[str, Any]:
    """What decides the tree. Whatever else the command says is where and how, and not what."""
    said = {"--rows": args.rows, "--tokenizer": args.tokenizer, "--repo-id": args.repo_id}
    words = [text for option, value in said.items() if value is not None for text in (option, str(value))]
    words += ["--audit", str(args.audit)] if args.audit != judged.AUDITED else []
    versions = {package: importlib.metadata.version(package) for package in ("synthrl", "datasets", "pyarrow")}
    builder = next(iter(builders.values()))
    told = {
        "dataset": name,
        "version": str(builder.config.version),
        "source": builder.source,
        "seed": builder.config.seed,
        "command": shlex.join(["synthrl", "publish", name, *args.knobs, *words]),
        "versions": {**versions, "scoring": SCORING_VERSION},
    }
    what = [told, blocks.fingerprint(Path(__file__).parent), *(builder.spelled for builder in builders.values())]
    return {**told, "key": sha256(repr(what).encode()).hexdigest()[:16]}


def _made(settings: Mapping[str, Any], tokenizer: str | None, content: str) -> dict[str, str]:
    """The card's table of what made it."""
    told = {"dataset": f"synthrl/{settings['dataset']} {settings['version']}", "source": settings["source"]}
    told |= {"seed": str(settings["seed"]), **settings["versions"]}
    return {**told, **({"tokenizer": tokenizer} if tokenizer else {}), "content": content}


def _counts(parts: Sequence[Part], splits: Sequence[card.Split]) -> dict[str, Any]:
    """The manifest's own word on configurations, with their knobs, and rows."""
    configs: dict[str, Any] = {part.name: {"knobs": knobs.spell(part.knobs), "splits": {}} for part in parts}
    for split in splits:
        configs[split.part]["splits"][split.name] = split.counted.rows
    return {"rows": sum(split.counted.rows for split in splits), "configs": configs}


def _drawn(folder: Path, splits: Sequence[card.Split], tokenizer: str | None) -> dict[str, str]:
    of = groupby(splits, lambda split: split.part)
    counted = {part: statistics.total(split.counted for split in some) for part, some in of}
    return pictures.draw(folder, counted, "tokens" if tokenizer else "words")


def _guessed(name: str, parts: Sequence[Part]) -> dict[str, judged.Guessed]:
    found = {part.name: judged.guessed(name, part) for part in tqdm(parts, "guess", unit=" parts", disable=None)}
    return {part: one for part, one in found.items() if one}


def _content(made: Iterable[Made]) -> str:
    return sha256("\n".join(f"{one.path} {one.sha256}" for one in made).encode()).hexdigest()


def _splits(made: Iterable[tuple[Shard, Made]]) -> list[card.Split]:
    found = []
    for (part, split), of in groupby(made, lambda pair: (pair[0].part.name, pair[0].split)):
        some = [one for _, one in of]
        counted = statistics.total(one.counted for one in some)
        found.append(card.Split(part, split, tuple(one.path for one in some), sum(one.bytes for one in some), counted))
    return found
