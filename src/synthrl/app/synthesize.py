"""From a task definition to a training set: `synthrl synthesize`.

    synthrl synthesize gsm8k samples=200 --teacher gpt-4o --teacher-url https://api.openai.com/v1 \\
        --student Qwen/Qwen3-0.6B --student-url http://localhost:8000/v1 --student-prices 0,0 \\
        --budget dollars=5 --prices 2.5,10

What was replied is in the cache, and all else follows from it. So what is stopped, however, goes on where it was by the
same command, and ends with the same files as if it had never been.
"""

import argparse
import asyncio
import contextlib
import importlib.metadata
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import datasets

from synthrl import files, knobs
from synthrl.answers import SCORING_VERSION
from synthrl.app.own_folder import held
from synthrl.app.profile import Progress, open_cache, open_engine, tell
from synthrl.synthesis import (
    Asker,
    Budget,
    Cache,
    OverBudget,
    card,
    funnel,
    local,
    pictures,
    results,
    settings,
    teacher,
)
from synthrl.synthesis.budget import read_caps, read_prices
from synthrl.synthesis.corpus import Corpus, open_corpus
from synthrl.synthesis.definition import Definition, read
from synthrl.synthesis.draft import GENERATED, Draft
from synthrl.synthesis.model import Model
from synthrl.synthesis.overlap import Known, Text, benchmarks
from synthrl.synthesis.passages import Passage
from synthrl.synthesis.prices import AtPrices
from synthrl.synthesis.settings import Settings
from synthrl.synthesis.steps import STEPS, State, Synthesis

ABOUT = "run.json"
SETS = ("selected", "control", "candidates")


def run(args: Any) -> int:
    """Exit status: 0 if it came to its end, or to that of the step that was asked for; 1 if the budget was used up."""
    definition, how = read(args.name), settings.read(args.knobs, args.preset)
    if args.until and args.until not in STEPS:
        knobs.refuse("--until", args.until, STEPS)
    if args.dry_run:
        return plan(definition, how)
    for part in ("teacher", "student"):
        knobs.require(bool(getattr(args, part)), f"--{part}", getattr(args, part), "a model's name, or --dry-run")
    output = knobs.path("--output", args.output or Path("synthesis") / definition.name)
    caps, prices = read_caps(args.budget), prices_of(args)
    budget = Budget(caps, prices["teacher"])
    with alone_in(output), open_cache(args) as cache:
        engines = {part: open_engine(options_of(args, part), getattr(args, part)) for part in ("teacher", "student")}
        corpora = {
            name: open_corpus(name, cache_folder(args) / "passages") for name in definition.corpus if how.passages
        }
        about = identity(args, definition, how, corpora)
        open_folder(output, about, how)
        known, compared = known_texts(args, definition)
        models = {
            "teacher": model(args, "teacher", engines["teacher"], cache, budget),
            "student": model(args, "student", engines["student"], cache, AtPrices(budget, prices["student"])),
        }
        of = Synthesis(definition, how, models["teacher"], models["student"], known, searcher(corpora))
        state = State()
        if not ask(of, state, list(engines.values()), output, args.until):
            return 1
        if args.until:
            print(f"{output}: up to {args.until}; the same command without --until goes on from there")
            return 0
        finish(of, state, output, about, prices, compared)
    return 0


def ask(of: Synthesis, state: State, engines: Sequence[Any], output: Path, until: str | None) -> bool:
    """All steps, or those up to one. Whatever stops it, what was replied is kept; False if that was the budget."""
    step = ""

    async def go() -> None:
        nonlocal step
        async with contextlib.AsyncExitStack() as opened:
            for engine in engines:
                await opened.enter_async_context(engine)
            for number, (step, work) in enumerate(STEPS.items(), 1):
                records = await work(of, state)
                results.write_lines(output / "steps" / f"{number}-{step}.jsonl", records)
                if step == until:
                    break

    try:
        asyncio.run(go())
    except (KeyboardInterrupt, OverBudget, ValueError, OSError) as error:
        tell(f"stopped at {step or 'its start'}; what was replied is kept: the same command goes on from there")
        if not isinstance(error, OverBudget):
            raise
        tell(str(error))
        return False
    finally:
        for asker in (of.teacher.asker, of.student.asker):
            if asker.cut_off:
                tell(f"{asker.cut_off} requests to {asker.model} were in flight; they may have been paid for")
    return True


def finish(
    of: Synthesis,
    state: State,
    output: Path,
    about: dict[str, Any],
    prices: dict[str, tuple[float, float]],
    compared: dict[str, int],
) -> None:
    """The sets, and all that there is to say of them."""
    pool = [draft for draft in state.drafts if draft.reached("moved")]  # as the selection counts them
    chosen = {
        "selected": [pool[place] for place in state.picked.kept],
        "control": [pool[place] for place in state.control.kept],
        "candidates": [draft for draft in state.drafts if draft.candidate],
    }
    shared = {name: about[name] for name in ("definition", "teacher", "student")}
    tables = {
        name: results.write_rows(output / name, [results.whole_row(of.definition, draft, shared) for draft in rows])
        for name, rows in chosen.items()
    }
    models = {"teacher": of.teacher, "student": of.student}
    facts = card.Facts(
        definition=of.definition,
        settings=of.settings,
        about=about,
        drafts=state.drafts,
        control=frozenset(draft.id for draft in chosen["control"]),
        used={part: asked.used for part, asked in models.items()},
        prices=prices,
        compared=compared,
        tables=tables,
        picture=pictures.can_draw(),
    )
    if facts.picture:
        pictures.draw(output / card.PICTURE, *spread(state.drafts, chosen["selected"]))
    served = {part: sorted(asked.served) for part, asked in models.items()}
    whole = {**about, "served": served, "compared": compared, **counted(facts)}
    files.write(output / ABOUT, results.as_json(whole, indent=1) + "\n")
    files.write(output / "README.md", card.text(facts))
    print(f"{output}: {len(chosen['selected']):,} rows selected", *shown(state.drafts), sep="\n")
    if (found := len(chosen["selected"])) < of.settings.take:
        tell(f"{found:,} of take={of.settings.take:,} rows were selected: {output / 'README.md'} says why")


def spread(drafts: Sequence[Draft], selected: Sequence[Draft]) -> tuple[pictures.Counts, pictures.Counts]:
    """By pass rate and by margin."""
    sets = {
        "generated": [draft for draft in drafts if draft.made == GENERATED],
        "adapted": [draft for draft in drafts if draft.reached("moved")],
        "selected": selected,
    }
    rates = {name: funnel.by_rate(those) for name, those in sets.items()}
    return rates, {"voted on": funnel.by_margin(drafts), "selected": funnel.by_margin(selected)}


def counted(facts: card.Facts) -> dict[str, Any]:
    took = {
        part: {
            step: {
                "requests": used.requests,
                "tokens_in": used.tokens_in,
                "tokens_out": used.tokens_out,
                "dollars": round(card.dollars(used, facts.prices[part]), 6),
                "statuses": dict(sorted(used.statuses.items())),
            }
            for step, used in steps.items()
        }
        for part, steps in facts.used.items()
    }
    return {"funnel": funnel.stages(facts.drafts), "dropped": funnel.reasons(facts.drafts), "cost": took}


def shown(drafts: Sequence[Draft]) -> Iterator[str]:
    for kind, counts in funnel.stages(drafts).items():
        yield f"{kind:10} " + " → ".join(f"{count:,} {stage}" for stage, count in counts.items())


# what it is made from


def options_of(args: Any, part: str) -> argparse.Namespace:
    """The options by which `profile` reaches a model, for one of the two."""
    own = {"base_url": f"{part}_url", "key_variable": f"{part}_key_variable"}
    return argparse.Namespace(**{**vars(args), **{name: getattr(args, of) for name, of in own.items()}})


def prices_of(args: Any) -> dict[str, tuple[float, float]]:
    """A student in this process costs nothing; one that is served as much as the teacher, unless it is said."""
    prices = read_prices(args.prices)
    said = read_prices(args.student_prices) if args.student_prices else None
    return {"teacher": prices, "student": said or (prices if args.student_url else (0.0, 0.0))}


class Bar(Progress):
    def close(self) -> None:
        self.bar.close()


def model(args: Any, part: str, engine: Any, cache: Cache, budget: Budget) -> Model:
    name = getattr(args, part)
    cached = local.cached_as(name)
    asker = Asker(engine, cached, cache, budget, args.concurrency)

    def bar(step: str, size: int) -> Bar:
        return Bar(step, size, budget)

    return Model(name, cached if cached != name else None, asker, bar)


def cache_folder(args: Any) -> Path:
    return knobs.path("--cache", args.cache).parent if args.cache else Path(datasets.config.HF_CACHE_HOME) / "synthrl"


def searcher(corpora: dict[str, Corpus]) -> Any:
    """The passages of all collections, in turn; none where the task names no collection."""
    if not corpora:
        return None

    def search(queries: Sequence[str], each: int) -> list[list[Passage]]:
        found: list[list[Passage]] = []
        for name, corpus in corpora.items():
            for passages in corpus.search(queries, each):
                found.append([passage._replace(id=f"{name}: {passage.id}") for passage in passages])
        return found

    return search


def known_texts(args: Any, definition: Definition) -> tuple[Known, dict[str, int]]:
    """What no draft may repeat: the benchmarks that the task stands for, and its own demonstrations."""
    folders = dict(word.partition("=")[::2] for word in args.benchmark or [])
    without = args.without_benchmark or ()
    for name, folder in folders.items():
        knobs.require(bool(folder), "--benchmark", name, "NAME=FOLDER")
    for option, names in (("--benchmark", folders), ("--without-benchmark", without)):
        if unknown := [name for name in names if name not in definition.benchmark]:
            knobs.refuse(option, unknown[0], definition.benchmark)
    try:
        texts, missing = benchmarks(definition.benchmark, folders, without)
    except ValueError as error:
        hint = "say where it lies by --benchmark NAME=FOLDER, or go on by --without-benchmark NAME"
        raise ValueError(f"{error}; {hint}") from None
    for why in missing.values():
        tell(f"{why}; drafts are not compared with it")
    for number, one in enumerate(definition.demonstrations):
        said = {one.question: 0, "\n".join([one.question, *one.choices]): 0}
        texts += [Text("demonstrations", text, str(number)) for text in said]
    compared: dict[str, set[str]] = {text.where: set() for text in texts}
    for text in texts:
        compared[text.where].add(text.id)
    counts = {where: len(ids) for where, ids in compared.items()}
    return Known(texts), {**counts, **{f"{name}, which was left out": 0 for name in missing}}


# the folder


@contextlib.contextmanager
def alone_in(output: Path) -> Iterator[None]:
    busy = f"--output: got {output}, where another process is at work: name another, or wait"
    with held(output / ".lock", busy):
        for place in ("", "steps", *(f"{name}/data" for name in SETS)):
            for left in (output / place).glob(files.PARTS):  # by a process that was killed as it wrote
                left.unlink()
        yield


def identity(args: Any, definition: Definition, how: Settings, corpora: dict[str, Corpus]) -> dict[str, Any]:
    """What decides what is asked. A folder has the synthesis of one."""
    found: dict[str, Any] = {"definition": {"name": definition.name, "digest": definition.digest}}
    for part in ("teacher", "student"):
        name = getattr(args, part)
        cached = local.cached_as(name)
        found[part] = {"model": name, "revision": cached if cached != name else None}
    return {
        **found,
        "corpora": {name: corpus.revision for name, corpus in corpora.items()},
        "settings": how.as_dict(),
        "versions": {
            "synthrl": importlib.metadata.version("synthrl"),
            "scoring": SCORING_VERSION,
            "prompts": teacher.VERSION,
        },
    }


def open_folder(output: Path, about: dict[str, Any], how: Settings) -> None:
    """Another synthesis that is there is not written over; one that differs in its end alone goes on."""
    path = output / ABOUT
    if path.is_file():
        try:
            mine, its = comparable(about), comparable(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, LookupError, TypeError, AttributeError):
            raise ValueError(
                f"--output: got {output}, whose {ABOUT} this command did not write: name another"
            ) from None
        if not (output / "steps").is_dir():  # nobody ever answered: what was asked then may have been the mistake
            files.write(path, results.as_json(about, indent=1) + "\n")
            return
        for what, value in mine.items():
            if its.get(what) != value:
                other = knobs.shown(its.get(what))
                holds = f"{output} holds a synthesis with {other}: name another --output"
                raise ValueError(f"{what}: got {knobs.shown(value)}, but {holds}")
    else:
        for name in ("README.md", *SETS):
            knobs.require(not (output / name).exists(), "--output", str(output), f"a folder of its own, without {name}")
        files.write(path, results.as_json(about, indent=1) + "\n")


def comparable(about: dict[str, Any]) -> dict[str, Any]:
    """By the names that a person gave; without what may change."""
    steady = {name: value for name, value in about["settings"].items() if name not in settings.END}
    return {
        "task": about["definition"],
        "--teacher": about["teacher"],
        "--student": about["student"],
        "corpus": about["corpora"],
        "prompts": about["versions"]["prompts"],
        **steady,
    }


# a look ahead


def plan(definition: Definition, how: Settings) -> int:
    """What would be asked, at most; nothing is."""
    n, rewrites = how.samples, how.samples * how.adapt
    most = {
        "keywords": ("teacher", 1 if how.keywords else 0),
        "pattern": ("teacher", bool(definition.demonstrations) * 1),
        "generate": ("teacher", n),
        "votes": ("teacher", n * how.votes),
        "measure": ("student", n * (how.student_samples + (how.greedy and how.adapt))),
        "adapt": ("teacher", rewrites),
        "votes on rewrites": ("teacher", rewrites * how.votes),
        "measure rewrites": ("student", rewrites * how.student_samples),
    }
    print(f"{definition.name}: {definition.description}\n")
    for step, (part, count) in most.items():
        longest = how.teacher_tokens if part == "teacher" else how.student_tokens
        print(f"{step:18} at most {count:>9,} requests to the {part}, of at most {longest:,} tokens out each")
    for title, messages in (
        ("keywords", teacher.keywords(definition, how.keywords)),
        (
            "a sample, but for pattern, passage and topic",
            teacher.sample(definition, "", definition.demonstrations[: how.demonstrations]),
        ),
    ):
        print(f"\n--- {title}\n{messages[-1]['content']}")
    return 0
