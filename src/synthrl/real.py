"""Real benchmarks as rows: the Hub's columns of each, mapped once, for training and evaluation alike.

    real.load("hotpotqa")                          # the split that results are reported on
    real.load("gsm8k", split="train[:1000]")
    real.load("musique", repo="path/to/a/mirror")  # a folder with the same columns

Where SYNTHRL_HUB_MIRROR names a folder, what lies there as the Hub would name it (openai/gsm8k) is taken from there.

A mapper takes one row as the Hub has it and returns one of ours; it knows nothing but that row. It keeps the
benchmark's own id, titles and wording, and raises ValueError where a column is missing or gold makes no sense. What a
benchmark does not say stays empty, and `hops` 0.
"""

import ast
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from datasets import Dataset, IterableDataset, load_dataset
from datasets.fingerprint import Hasher

from synthrl import knobs, prompt, row, seeding
from synthrl.answers import extract_answer

Row = dict[str, Any]

MONTHS = "January February March April May June July August September October November December".split()


def from_hotpotqa(source: Row) -> Row:
    identity, question, answer, kind, level, context, facts = _read(
        "hotpotqa", _with_id(source), "id question answer type level context supporting_facts"
    )
    return _row(
        "hotpotqa",
        identity,
        question,
        [answer],
        "f1:hotpotqa",
        context=_merged(_pairs(context, "sentences")),
        facts=_pairs(facts, "sent_id"),
        hops=1 if level == "easy" else 2,  # by its paper one paragraph is enough for the easy ones
        kind=kind,
        level=level,
    )


def from_2wikimultihopqa(source: Row) -> Row:
    identity, question, answer, kind, evidences, context, supporting = _read(
        "2wikimultihopqa", _with_id(source), "id question answer type evidences context supporting_facts"
    )
    facts = _pairs(supporting, "sent_id")
    values: dict[tuple[str, str], list[str]] = {}  # a film of two directors has two evidences, and is one look-up
    for subject, relation, value in evidences:
        values.setdefault((subject.strip(), relation), []).append(value)
    # An evidence calls its subject as Wikidata does, a paragraph as Wikipedia does. Both come in the same order.
    subjects, titles = (list(dict.fromkeys(first for first, _ in pairs)) for pairs in (values, facts))
    title_of = dict(zip(subjects, titles, strict=True)) if len(subjects) == len(titles) else {}
    title_of |= {subject: subject for subject in subjects if subject in titles}
    return _row(
        "2wikimultihopqa",
        identity,
        question,
        [answer],
        "f1:2wikimultihopqa",
        context=_merged(_pairs(context, "sentences")),
        facts=facts,
        steps=[
            _step(f"{relation} of {subject}", ", ".join(found), title_of.get(subject))
            for (subject, relation), found in values.items()
        ],
        hops=len(subjects),  # paragraphs that it takes: mostly 4 for a bridge comparison, else 2
        kind=kind,
    )


def from_musique(source: Row) -> Row:
    """MuSiQue, be it the answerable rows alone or all (where each question stands twice, under one id).

    It says which paragraphs are needed and not which of their sentences, so each paragraph counts as one sentence.
    """
    identity, question, answer, aliases, answerable, paragraphs, hops = _read(
        "musique", source, "id question answer answer_aliases answerable paragraphs question_decomposition"
    )
    texts = {paragraph["idx"]: (paragraph["title"], paragraph["paragraph_text"]) for paragraph in paragraphs}
    context = _merged((title, [text]) for title, text in texts.values())
    needed = [texts[idx] for idx in dict.fromkeys(hop["paragraph_support_idx"] for hop in hops) if idx is not None]
    steps: list[dict[str, str]] = []
    for hop in hops:
        support = hop["paragraph_support_idx"]
        missing = support is None and not answerable
        title = "" if support is None else texts[support][0]
        steps.append(_step(_resolved(hop["question"], steps), row.UNANSWERABLE[0] if missing else hop["answer"], title))
        if missing:
            break  # what follows hangs on what the text does not say
    return _row(
        "musique",
        identity,
        question,
        [answer, *aliases] if answerable else row.UNANSWERABLE,
        "f1:musique",
        context=context,
        facts=[(title, context[title].index(_folded(text))) for title, text in needed],
        steps=steps,
        hops=len(hops),
        kind=identity.partition("__")[0],  # the shape: 3hop1 is a chain, in 3hop2 two hops meet in the third
        answerable=answerable,
    )


def from_bamboogle(source: Row) -> Row:
    """Bamboogle: two facts that no page has together. Its usual measure is exact match on normalised text."""
    question, answer = _read("bamboogle", source, "Question Answer")
    return _row("bamboogle", _made_id("bamboogle", question), question, [answer], "f1:synthrl", hops=2)


def from_morehopqa(source: Row) -> Row:
    """MoreHopQA: a question of two hops, and something to work out from its answer.

    Its script compares answers as HotpotQA's does, and asks for numbers in digits and for dates as 1992-06-16. Our
    prompt asks for neither, so numbers are compared as numbers, and a date may be written out.
    """
    if "_id" not in source and "id" not in source:  # as in the Hub's Parquet files
        source = {"id": _made_id("morehopqa", *_read("morehopqa", source, "question")), **source}
    identity, question, answer, form, kind, more, decomposition, context = _read(
        "morehopqa",
        _with_id(source),
        "id question answer answer_type reasoning_type no_of_hops question_decomposition context",
    )
    numeric = form == "number" and re.fullmatch(r"-?[\d,]*\.?\d+", answer)
    hops = [hop for part in decomposition for hop in part.get("details") or [part]]
    return _row(
        "morehopqa",
        identity,
        question,
        [answer, *_notations(answer)],
        "number" if numeric else "f1:hotpotqa",
        context=_merged(_pairs(context, "sentences")),
        steps=[_step(hop["question"], hop["answer"], hop.get("paragraph_support_title")) for hop in hops],
        hops=2 + more,
        kind=", ".join(sorted(kind.split(", "))),  # the Hub has them in either order
        meta={"answer_type": form},
    )


def from_strategyqa(source: Row) -> Row:
    """StrategyQA. Of its steps only the last one's answer is known; its facts come as one text."""
    identity, question, truth, facts, asked = _read("strategyqa", source, "qid question answer facts decomposition")
    answer = "yes" if truth else "no"
    return _row(
        "strategyqa",
        identity,
        question,
        [answer],
        "label",
        steps=[*(_step(step) for step in asked[:-1]), *(_step(step, answer) for step in asked[-1:])],
        worked=facts,
        hops=len(asked),
    )


def from_gsm8k(source: Row) -> Row:
    """GSM8K. Its solutions have a step in each line; the calculator's marks, <<6*7=42>>, are not for reading."""
    question, solution = _read("gsm8k", source, "question answer")
    worked, mark, answer = re.sub("<<.*?>>", "", solution).rpartition("####")
    if not mark:
        _refuse("gsm8k", question, "column 'answer' has no '####'")
    lines = [line for line in worked.splitlines() if line.strip()]
    return _row(
        "gsm8k", _made_id("gsm8k", question), question, [answer], "number", worked="\n".join(lines), hops=len(lines)
    )


def from_math_500(source: Row) -> Row:
    identity, question, answer, solution, subject, level = _read(
        "math_500", source, "unique_id problem answer solution subject level"
    )
    return _row("math_500", identity, question, [answer], "math", worked=solution, kind=subject, level=str(level))


def from_medqa(source: Row) -> Row:
    question, answer, letter, options, exam = _read("medqa", source, "question answer answer_idx options meta_info")
    choices = [options[key] for key in sorted(options)]
    if dict(zip("ABCDEFGH", choices, strict=False)).get(letter) != answer:
        _refuse("medqa", question, f"column 'answer' is {answer!r}, which is not choice {letter!r}")
    identity = _made_id("medqa", question, *choices)
    return _row("medqa", identity, question, [letter, answer], "choice", choices=choices, level=exam)


def from_frames(source: Row) -> Row:
    """FRAMES: questions that take two to fifteen articles, which it links to. Its authors have a model judge answers."""
    question, answer, kinds, links = _read("frames", source, "Prompt Answer reasoning_types wiki_links")
    articles = ast.literal_eval(links) if isinstance(links, str) else links
    return _row(
        "frames",
        _made_id("frames", question),
        question,
        [answer],
        "f1:synthrl",
        hops=len(set(articles)),
        kind=", ".join(sorted({kind.strip() for kind in kinds.split("|")})),
    )


# Columns from here on as their documentation has them: no row of these has been seen.


def from_math(source: Row) -> Row:
    question, solution, subject, level = _read("math", source, "problem solution type level")
    answer = extract_answer(solution) if "boxed" in solution else None
    if answer is None:
        _refuse("math", question, "column 'solution' has no boxed answer")
    identity = _made_id("math", question)
    return _row(
        "math", identity, question, [answer], "math", worked=solution, kind=subject, level=level.removeprefix("Level ")
    )


def from_gpqa(source: Row) -> Row:
    """GPQA. Its right answer stands first, so choices are shuffled: by the row's own id, thus always alike."""
    wrong = [f"Incorrect Answer {i}" for i in (1, 2, 3)]
    needed = ["Question", "Correct Answer", *wrong, "Record ID", "High-level domain"]
    for name in needed:
        if source.get(name) is None:
            _refuse("gpqa", source.get("Record ID"), f"column {name!r} is missing")
    question, right, *others, identity, domain = [source[name].strip() for name in needed]
    choices = [right, *others]
    seeding.Stream("gpqa", identity).shuffle(choices)
    return _row(
        "gpqa",
        identity,
        question,
        ["ABCD"[choices.index(right)], right],
        "choice",
        choices=choices,
        worked=source.get("Explanation") or "",
        kind=domain,
        level=source.get("Writer's Difficulty Estimate") or "",
    )


def from_logiqa(source: Row) -> Row:
    """LogiQA's English test split as AGIEval has it: the choices stand in the query as well."""
    query, choices, gold = _read("logiqa", source, "query choices gold")
    text = query.partition("Answer Choices:")[0].strip().removeprefix("Q:").strip()
    told, mark, question = text.rpartition(" Q: ")
    asked = f"{told.strip()}\n\n{question.strip()}" if mark else text
    choices = [re.sub(r"^\([A-Z]\)\s*", "", choice) for choice in choices]
    (index,) = gold if isinstance(gold, list) else [gold]
    if not 0 <= index < len(choices):
        _refuse("logiqa", query[:60], f"column 'gold' is {gold!r}, and there are {len(choices)} choices")
    aliases = ["ABCDEFGH"[index], choices[index]]
    return _row("logiqa", _made_id("logiqa", asked, *choices), asked, aliases, "choice", choices=choices)


def from_mednli(source: Row) -> Row:
    identity, premise, hypothesis, label = _read("mednli", source, "pairID sentence1 sentence2 gold_label")
    question = (
        f"Premise: {premise.strip()}\nHypothesis: {hypothesis.strip()}\n"
        "Is the hypothesis an entailment of the premise, a contradiction to it, or neutral? "
        "Answer entailment, contradiction or neutral."
    )
    return _row("mednli", identity, question, [label], "label", kind=label)


def from_consumer_contracts(source: Row) -> Row:
    identity, contract, question, answer = _read("consumer_contracts", source, "index contract question answer")
    identity, answer = str(identity), answer.strip().lower()
    terms = _merged([("Terms of service", [contract])])
    return _row(
        "consumer_contracts", identity, f"{question.strip()} Answer yes or no.", [answer], "label", terms, kind=answer
    )


def from_cfa(source: Row) -> Row:
    """Questions of CFA examinations as FLARE has them, choices and all in one text."""
    text, choices, gold = _read("cfa", source, "text choices gold")
    question, mark, listed = text.partition("CHOICES:")
    texts = re.split(r",?\s*\b[A-H]:\s*", listed)[1:]
    if not mark or len(texts) != len(choices):
        _refuse("cfa", text[:60], f"column 'text' does not list {len(choices)} choices after 'CHOICES:'")
    question = question.strip().removeprefix("Q:").strip().removesuffix(",").strip()
    texts = [text.strip() for text in texts]
    aliases = ["ABCDEFGH"[gold], texts[gold]]
    return _row("cfa", _made_id("cfa", question, *texts), question, aliases, "choice", choices=texts)


def from_cofca(source: Row) -> Row:
    """CofCA: passages rewritten so that what is known of the world does not help, and a question for each step."""
    identity, question, answer, context, questions, answers = _read(
        "cofca", _with_id(source), "id question answer context sub_questions sub_answers"
    )
    return _row(
        "cofca",
        identity,
        question,
        [answer],
        "f1:hotpotqa",
        context=_merged(_pairs(context, "sentences")),
        steps=[_step(asked, told) for asked, told in zip(questions, answers, strict=True)],
        hops=len(questions),
        kind=source.get("type") or "",
    )


def from_synthworlds(source: Row) -> Row:
    """SynthWorlds: the same questions about the world and about one whose names are made up."""
    identity, question, answers, documents, kind = _read(
        "synthworlds", source, "instance_id query gold_answers gold_docs question_graph_type"
    )
    return _row(
        "synthworlds",
        identity,
        question,
        list(answers),
        "f1:synthrl",
        context=_merged((f"Document {i}", [text]) for i, text in enumerate(documents, 1)),
        hops=len(documents),
        kind=kind,
    )


class Benchmark(NamedTuple):
    repo: str
    config: str | None  # None: the only one
    evaluation: str  # the split that results are reported on
    training: str | None
    mapper: Callable[[Row], Row]
    files: dict[str, str] | None = None  # where the Hub's own splits will not do


BENCHMARKS = {
    "hotpotqa": Benchmark("hotpotqa/hotpot_qa", "distractor", "validation", "train", from_hotpotqa),
    "2wikimultihopqa": Benchmark("framolfese/2WikiMultihopQA", None, "validation", "train", from_2wikimultihopqa),
    "musique": Benchmark("dgslibisey/MuSiQue", None, "validation", "train", from_musique),
    "bamboogle": Benchmark("chiayewken/bamboogle", None, "test", None, from_bamboogle),
    # The Hub's Parquet files lack ids and details; the authors' own file, beside them, has both.
    "morehopqa": Benchmark(
        "alabnii/morehopqa", None, "test", None, from_morehopqa, {"test": "data/with_human_verification.json"}
    ),
    "strategyqa": Benchmark("ChilleD/StrategyQA", None, "test", "train", from_strategyqa),
    "gsm8k": Benchmark("openai/gsm8k", "main", "test", "train", from_gsm8k),
    "math_500": Benchmark("HuggingFaceH4/MATH-500", None, "test", None, from_math_500),
    "medqa": Benchmark("GBaker/MedQA-USMLE-4-options", None, "test", "train", from_medqa),
    "frames": Benchmark("google/frames-benchmark", None, "test", None, from_frames),
}
UNVERIFIED = {
    "math": Benchmark("DigitalLearningGmbH/MATH-lighteval", None, "test", "train", from_math),
    "gpqa_diamond": Benchmark("Idavidrein/gpqa", "gpqa_diamond", "train", None, from_gpqa),
    "gpqa_extended": Benchmark("Idavidrein/gpqa", "gpqa_extended", "train", None, from_gpqa),
    "logiqa": Benchmark("dmayhem93/agieval-logiqa-en", None, "test", None, from_logiqa),
    # The Hub has but a script, which `datasets` no longer runs: PhysioNet's files, for who may have them, in a folder.
    "mednli": Benchmark("bigbio/mednli", None, "test", "train", from_mednli),
    "consumer_contracts": Benchmark(
        "nguha/legalbench", "consumer_contracts_qa", "test", "train", from_consumer_contracts
    ),
    "cfa": Benchmark("TheFinAI/flare-cfa", None, "test", None, from_cfa),
    # On no hub: its authors' files in a folder, or in $SYNTHRL_HUB_MIRROR/cofca/cofca.
    "cofca": Benchmark("cofca/cofca", None, "test", None, from_cofca),
    "synthworlds": Benchmark("kenqgu/SynthWorlds", "qa-sm", "test", None, from_synthworlds),
    "synthworlds_real": Benchmark("kenqgu/SynthWorlds", "qa-rm", "test", None, from_synthworlds),
}
MIRROR = "SYNTHRL_HUB_MIRROR"

# `datasets` knows a mapper by its name alone: without this, its cache would serve the rows of older code.
SOURCE = seeding.digest(*(Path(str(file)).read_bytes() for file in (__file__, prompt.__file__, row.__file__)))


def named(name: str) -> Benchmark:
    known = {**BENCHMARKS, **UNVERIFIED}
    return known[name] if name in known else knobs.refuse("benchmark", name, known)


def place(benchmark: Benchmark) -> str:
    """Where it is taken from: the Hub, or a folder of the mirror."""
    mirror = os.environ.get(MIRROR)
    folder = Path(mirror or "", benchmark.repo).expanduser().resolve()
    return str(folder) if mirror and folder.is_dir() else benchmark.repo


def load(name: str, split: str | None = None, repo: str | None = None, **kwargs: Any) -> Dataset | IterableDataset:
    """A benchmark as rows. `repo`: another place on the Hub, or a folder; `kwargs` are those of `load_dataset`."""
    benchmark = named(name)
    repo = repo or place(benchmark)
    if benchmark.files and repo == benchmark.repo:
        kwargs = {"data_files": benchmark.files, **kwargs}
    dataset = load_dataset(repo, benchmark.config, split=split or benchmark.evaluation, **kwargs)
    how: dict[str, Any] = {"features": row.FEATURES, "remove_columns": dataset.column_names}
    if not kwargs.get("streaming"):
        how |= {"desc": f"{name} rows", "new_fingerprint": Hasher.hash((dataset._fingerprint, name, SOURCE))}
    return dataset.map(benchmark.mapper, **how)


def _refuse(benchmark: str, identity: object, what: str) -> NoReturn:
    raise ValueError(f"{benchmark} row {identity!r}: {what}")


def _read(benchmark: str, source: Row, columns: str) -> list[Any]:
    """The values of the columns, of which the first tells one row from another."""
    names = columns.split()
    for name in names:
        if source.get(name) is None:  # there and None is gold that is kept back
            _refuse(benchmark, source.get(names[0]), f"column {name!r} is missing")
    return [source[name] for name in names]


def _with_id(source: Row) -> Row:
    """The original files say `_id` where the Hub says `id`."""
    return {"id": source.get("_id"), **source}


def _made_id(benchmark: str, *asked: str) -> str:
    """For a benchmark that has none of its own."""
    return f"{benchmark}-{seeding.digest(*asked):016x}"


def _pairs(table: Any, other: str) -> list[tuple[str, Any]]:
    """(title, other) one by one, from the Hub's two columns or from the pairs of the original files."""
    rows = zip(table["title"], table[other], strict=True) if isinstance(table, Mapping) else table
    return [(title, value) for title, value in rows]


def _folded(text: str) -> str:
    return " ".join(text.split())


def _merged(paragraphs: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    """Title → sentences. Facts name a paragraph by title, so those of one title become one, at the first's place.

    White space is folded: HotpotQA's sentences begin with the space that parts them, and prompts put their own.
    """
    merged: dict[str, list[str]] = {}
    for title, sentences in paragraphs:
        known, more = merged.setdefault(title, []), [_folded(sentence) for sentence in sentences]
        if more != known[: len(more)]:  # 2WikiMultihopQA has some paragraphs twice
            known += more
    return merged


def _step(question: str, answer: str = "", title: str | None = None) -> dict[str, str]:
    return {"question": question, "answer": answer, "title": title or ""}


def _resolved(question: str, steps: list[dict[str, str]]) -> str:
    """Names for numbers, by the answers of the steps before: "#1 >> spouse" becomes "Ada Brel, spouse"."""

    def said(reference: re.Match[str]) -> str:
        number = int(reference[1])
        return steps[number - 1]["answer"] if 0 < number <= len(steps) else reference[0]  # "#9" may be part of a name

    return re.sub(r"#(\d+)", said, question).replace(" >> ", ", ")


def _notations(date: str) -> list[str]:
    """Other ways to write an ISO date; none for what is no date."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", date)
    if not match:
        return []
    year, month, day = match[1], MONTHS[int(match[2]) - 1], int(match[3])
    return [f"{month} {day}, {year}", f"{day} {month} {year}"]


def _worked(steps: list[dict[str, str]], context: dict[str, list[str]], facts: list[tuple[str, int]]) -> str:
    """A worked answer for a benchmark that gives none: its steps, or else the sentences that settle it."""
    said = [(step["question"].strip(), step["answer"]) for step in steps]
    lines = [f"{question}{' ' if question.endswith('?') else ': '}{answer}" for question, answer in said]
    return "\n".join(lines or [context[title][number] for title, number in facts])


def _row(
    benchmark: str,
    identity: str,
    question: str,
    aliases: list[str],
    scorer: str,
    context: dict[str, list[str]] | None = None,
    facts: Iterable[tuple[str, int]] = (),
    steps: list[dict[str, str]] | None = None,
    worked: str = "",
    meta: Row | None = None,
    **others: Any,
) -> Row:
    """A whole row. `worked`: the benchmark's own solution; `others`: the remaining columns, where it has them."""
    context, steps, given = context or {}, steps or [], list(facts)
    found = [(title, number) for title, number in given if 0 <= number < len(context.get(title, []))]
    dropped = {"dropped_facts": len(given) - len(found)} if len(found) < len(given) else {}
    question, aliases = question.strip(), list(dict.fromkeys(alias.strip() for alias in aliases))
    if not (question and all(aliases)):
        _refuse(benchmark, identity, "the question or an answer is empty")
    made = {
        "id": identity,
        "prompt": [],
        "question": question,
        "context": {"title": list(context), "sentences": list(context.values())},
        "choices": [],
        "answers": [aliases],
        "answer": aliases[0],
        "scorer": scorer,
        "hops": 0,
        "kind": "",
        "level": "",
        "answerable": True,
        "steps": steps,
        "supporting_facts": {"title": [title for title, _ in found], "sent_id": [number for _, number in found]},
        "solution": f"{(worked or _worked(steps, context, found)).strip()}\n{prompt.tagged(aliases[0])}".lstrip(),
        "meta": json.dumps({"source": benchmark, **(meta or {}), **dropped}),
        **others,
    }
    return made | {"prompt": prompt.messages(made)}
