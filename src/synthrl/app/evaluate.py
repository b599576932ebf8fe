"""`synthrl eval`: a suite of tasks by lighteval, one after the other, so that what is finished is finished.

In the output folder there is one folder for each state of a model, of the tasks' code and of the settings: a model that
was trained on has another, and lighteval's cache, which knows a model by its name alone, never serves it older replies.

    evals/NAME/KEY/eval.json   what was asked, and of each task its results
    evals/NAME/KEY/report/…    what came out, as a page: of this model, or against a base
    evals/NAME/KEY/results/…   lighteval's own files; also details/…, a row each
"""

import argparse
import contextlib
import difflib
import importlib.resources
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from datasets.exceptions import DatasetsError

from synthrl import files, knobs, prompt, real, seeding
from synthrl.answers import SCORING_VERSION
from synthrl.app import compare, hub, lighteval
from synthrl.app.own_folder import held
from synthrl.synthesis.local import cached_as

# What odd rows, and odd models, come to within lighteval: it says no more than the error's kind does.
ODD = (TypeError, AttributeError, IndexError, ArithmeticError, AssertionError)
# Of one task, not of all. StopIteration is what `datasets` says of a file without rows.
FAILED = (ValueError, OSError, KeyError, RuntimeError, ImportError, StopIteration, DatasetsError, *ODD)
SMOKE = {"max_samples": 8, "generation_size": 32}
TASKS = "synthrl.lighteval_tasks.all"


def run(args: argparse.Namespace) -> int:
    given = {name: getattr(args, name) for name in SMOKE}
    most = {**given, **{name: given[name] or value for name, value in SMOKE.items() if args.suite == "smoke"}}
    base = [str(compare.home(args.base))] if args.base else []  # known to be there before all is asked
    _check_model(args)
    with _environment(most["generation_size"]):
        app = lighteval.app()
        from synthrl.lighteval_tasks import all as every

        suite = every.suite(args.suite, args.full, args.worked, args.sampled) if args.suite else []
        names = [*suite, *(args.task or [])]
        if not names:
            raise ValueError("nothing to do: name a --suite, or a --task")
        _check_names(names, [task.name for task in every.TASKS_TABLE])
        settings = _settings(args, most)
        home = _home(args, settings)
        flags = ["--custom-tasks", TASKS, "--output-dir", ".", "--save-details", *args.passed]
        flags += ["--max-samples", str(most["max_samples"])] if most["max_samples"] else []
        busy = f"{home}: another synthrl eval is at work there: wait, or name another --output"
        # Two processes that evaluate the same would take each other's results for theirs.
        with held(home / ".lock", busy), contextlib.chdir(home):
            _ask_suite(args.suite, suite)
            engine = _engine(args, settings)
            failed = _each(names, lambda name: app([*engine, f"{name}|0", *flags], standalone_mode=False))
            print(f"\n{table(_finished())}\n\n{home}")
            _report(base, home)
    for name, why in failed.items():
        print(f"{name}: {why}")
    refused = _push(args, home) if args.push else 0
    return 1 if failed or refused else 0


def _check_model(args: argparse.Namespace) -> None:
    """What can be known before minutes have gone by: transformers makes a tokenizer up where there is none."""
    for word in args.model_arg or []:
        knobs.require("=" in word, "--model-arg", word, "NAME=VALUE")
    folder = Path(args.model)
    if args.base_url:
        return
    if not folder.is_dir():
        a_name = not folder.exists() and not folder.is_absolute() and args.model.count("/") < 2
        knobs.require(a_name, "model", args.model, "a folder that is there, or a name on the Hub")
    elif not (folder / "config.json").is_file():
        inside = sorted(path.parent.name for path in folder.glob("*/config.json"))
        hint = f"; it holds models: {', '.join(inside[:5])}" if inside else ""
        raise ValueError(f"model: there is no config.json in {folder}, so it is none{hint}")
    elif not any(folder.glob("*token*")) and not any(word.startswith("tokenizer=") for word in args.model_arg or []):
        raise ValueError(f"model: there is no tokenizer in {folder}: save it there, or add --model-arg tokenizer=MODEL")


def _check_names(names: list[str], known: list[str]) -> None:
    for name in names:
        alone = not set(name) & set("|,*")
        knobs.require(alone, "--task", name, "one name, such as synthrl_hotpotqa; for more, more --task")
        if name.startswith("synthrl_") and name not in known:
            near = difflib.get_close_matches(name, known, n=4)
            hint = ", ".join(near) or "synthrl_hotpotqa and so on, see lighteval_tasks/README.md"
            raise ValueError(f"--task: got {name!r}, expected the name of a task: {hint}")


def _push(args: argparse.Namespace, home: Path) -> int:
    from synthrl.app.publish import evaluation

    if not (home / "report" / "report.md").is_file():
        raise ValueError(f"--push: there is no report in {home}, as nothing was evaluated")
    name = Path(args.model).resolve().name if Path(args.model).is_dir() else args.model
    return evaluation.push(home, args.push, name, args.private)


@contextlib.contextmanager
def _environment(generation_size: int | None) -> Iterator[None]:
    """What the tasks read of it when they are imported. Another folder is the current one then, so paths are made whole."""
    wanted = {"SYNTHRL_SYSTEM_ROLE": "1"}
    if generation_size:
        wanted["SYNTHRL_GENERATION_SIZE"] = str(generation_size)
    mirror = os.environ.get(real.MIRROR)
    knobs.require(not mirror or knobs.path(real.MIRROR, mirror).is_dir(), real.MIRROR, mirror, "a folder that is there")
    for variable in (real.MIRROR, real.ALIASES):
        if os.environ.get(variable):
            wanted[variable] = str(Path(os.environ[variable]).expanduser().resolve())
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _settings(args: argparse.Namespace, most: dict[str, Any]) -> dict[str, Any]:
    system = prompt.SYSTEM if args.system_prompt is None else args.system_prompt
    return {
        "model": str(Path(args.model).resolve()) if Path(args.model).is_dir() else args.model,
        "weights": cached_as(args.model),
        "base_url": args.base_url,
        "system_prompt": system or None,
        "temperature": args.temperature if args.temperature is not None else 0.8 if args.sampled else 0.0,
        "batch_size": args.batch_size,
        "model_args": args.model_arg or [],
        **most,
        "mirror": os.environ.get(real.MIRROR),
        "aliases": real.aliases.state(),
        "flags": args.passed,
        "scoring_version": SCORING_VERSION,
        "source": f"{seeding.digest(real.SOURCE, *_sources()):016x}",
    }


def _sources() -> list[bytes]:
    """What decides what is asked and how it is judged, beside the benchmarks' mappers: the pages, and our own datasets."""
    import synthrl.lighteval_tasks as pages
    from synthrl import recipes

    demo = importlib.resources.files(recipes) / "configs" / "demo"
    code = [path for folder in pages.__path__ for path in sorted(Path(folder).glob("*.py"))]
    return [
        *(path.read_bytes() for path in code),
        *(path.read_bytes() for path in sorted(demo.iterdir(), key=lambda path: path.name)),
        *(hub.builder_class(name).source.encode() for name in hub.names()),
    ]


def _home(args: argparse.Namespace, settings: dict[str, Any]) -> Path:
    name = Path(args.model).resolve().name if Path(args.model).is_dir() else args.model.replace("/", "--")
    key = f"{seeding.digest(json.dumps(settings, sort_keys=True)):016x}"[:12]
    home = Path(knobs.path("--output", args.output or Path("evals", name)), key).resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"--output: got {home.parent}, where no folder can be made: {error.strerror}") from None
    if not (home / "eval.json").is_file():
        _write(home / "eval.json", {"settings": settings, "finished": {}})
    return home


def _engine(args: argparse.Namespace, settings: dict[str, Any]) -> list[str]:
    """lighteval's command, and the model as it takes it. Called in the folder of this evaluation."""
    if args.base_url:
        return _served(args, settings)
    name = args.model
    if Path(settings["model"]).is_dir():
        # By a relative name: below an absolute one lighteval would put its cache into the model's own folder.
        link = Path("models", Path(settings["model"]).name)
        link.parent.mkdir(exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(settings["model"])
        name = str(link)
    parameters = {
        "model_name": name,
        "cache_dir": "cache",
        "dtype": "auto",
        "batch_size": settings["batch_size"],
        "system_prompt": settings["system_prompt"],
        "generation_parameters": {"temperature": settings["temperature"]},
        **dict(word.split("=", 1) for word in settings["model_args"]),
    }
    _write(Path("model.yaml"), {"model_parameters": parameters})
    return ["accelerate", "model.yaml"]


def _served(args: argparse.Namespace, settings: dict[str, Any]) -> list[str]:
    from synthrl.lighteval_tasks import endpoint

    asked = endpoint.Asked(
        args.base_url, "replies.sqlite", args.key_variable, settings["temperature"], settings["system_prompt"]
    )
    os.environ[endpoint.VARIABLE] = json.dumps(asked._asdict())
    return ["custom", args.model, str(endpoint.__file__)]


def _each(names: list[str], evaluate: Callable[[str], Any]) -> dict[str, str]:
    """Those that failed, and why. What was finished before is not done again."""
    import typer
    from safetensors import SafetensorError

    misused: Any = typer.BadParameter.__bases__  # the public one of those by which it says that a flag is wrong
    failed: dict[str, str] = {}
    for name in names:
        if name in _finished():
            continue
        before = set(Path("results").rglob("results_*.json"))
        try:
            evaluate(name)
        except typer.Abort:
            raise KeyboardInterrupt from None
        except misused as error:
            raise ValueError(f"lighteval: {error}") from None
        except (*FAILED, SafetensorError) as error:
            failed[name] = explained(error)
            continue
        new = next(iter(set(Path("results").rglob("results_*.json")) - before), None)
        if new is None:  # Ctrl-C, which typer takes for itself
            raise KeyboardInterrupt
        told = json.loads(Path("eval.json").read_text())
        told["finished"][name] = json.loads(new.read_text())["results"][f"{name}|0"]
        _write(Path("eval.json"), told)
    return failed


def _ask_suite(name: str | None, tasks: list[str]) -> None:
    """A report tells the mean of those tasks, and which of them are not there."""
    told = json.loads(Path("eval.json").read_text())
    if tasks and told.get("suites", {}).get(name) != tasks:
        told["suites"] = {**told.get("suites", {}), name: tasks}
        _write(Path("eval.json"), told)


def _report(base: list[str], home: Path) -> None:
    """What was evaluated stays evaluated, whatever becomes of its report."""
    if not _finished():
        return
    try:
        compare.run([*base, str(home)], str(home / "report"))
    except (ValueError, OSError, ImportError) as error:
        print(f"no report: {' '.join(str(error).split())}")


def _finished() -> dict[str, dict[str, float]]:
    try:
        found: dict[str, dict[str, float]] = json.loads(Path("eval.json").read_text())["finished"]
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{Path('eval.json').resolve()}: damaged ({error}): remove that folder") from None
    return found


def _write(path: Path, what: Any) -> None:
    files.write(path, yaml.safe_dump(what) if path.suffix == ".yaml" else json.dumps(what, indent=1) + "\n")


def explained(error: BaseException) -> str:
    """One line: what is wrong, and what to do."""
    said = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, OSError) and any(word in said for word in ("gated", "401", "403")):
        return f"{said[:200]}: accept its terms on the Hub, then `hf auth login`"
    if isinstance(error, KeyError):
        return f"it has no split {said}: was it loaded from the right folder?"
    if type(error).__name__ == "SafetensorError":
        return f"the model's weights cannot be read, copy them anew: {said[:200]}"
    if isinstance(error, ODD):
        return f"{type(error).__name__}: {said}"[:400]
    if "We couldn't connect" in said:
        return f"{said[:200]}: load the model once with a network, or name its folder"
    if isinstance(error, StopIteration) or "no documents to evaluate" in said:
        return "its split has no rows"
    if isinstance(error, FileNotFoundError) or "on the Hub" in said:
        return f"{said[:200]}: load it once with a network, or put it into the folder that ${real.MIRROR} names"
    return said[:400]


def table(finished: dict[str, dict[str, float]]) -> str:
    """What came out, a task a line: rows, and means with their standard errors."""
    lines = [["task", "rows", "exact match", "f1", "parsed", "truncated"]]
    for name, found in finished.items():
        lead = next(figure for figure in ("exact_match", *found) if figure in found)
        figures = (lead, "f1", "parsed", "truncated")
        cells = [f"{found[one]:.3f} ± {found.get(f'{one}_stderr', 0):.3f}" if one in found else "" for one in figures]
        lines.append([name, f"{found.get('rows', 0):.0f}", *cells])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
