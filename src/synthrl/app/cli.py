"""The command line."""

import argparse
import importlib.metadata
import os
import shlex
import sys
from typing import Any, NoReturn

from synthrl.app import hub

EXAMPLES = """\
knobs:
  A dataset's knobs are written name=value: hops=4, a range hops=2-6, a list kinds=chain,comparison.
  The name of a configuration may stand before them: hops_4 train=2000.

examples:
  synthrl list
  synthrl show fiction_multihop hops=4 --index 7
  synthrl prepare fiction_multihop hops=4 train=2000 --num-proc 4
  synthrl verify fiction_multihop hops=2-6 --rows 1000
  synthrl guess fiction_multihop hops=2-6
  synthrl profile fiction_multihop hops=2-4 --model Qwen/Qwen3-0.6B --base-url http://localhost:8000/v1
  synthrl adapt fiction_multihop --model Qwen/Qwen3-0.6B --base-url http://localhost:8000/v1 --target 0.5
  synthrl synthesize medqa --dry-run
  synthrl calibrate fiction_logic --teacher gpt-4o --teacher-url https://api.openai.com/v1
  synthrl task new my_task.yaml
  synthrl eval runs/mine/final --suite multihop
  synthrl report runs/mine runs/random
  synthrl autoload enable
"""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"synthrl: {message}\n")


def count(text: str, least: int = 0) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number, {least} or more")
    return int(text)


def positive(text: str) -> int:
    return count(text, least=1)


def number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a number, 0 or more")
    return value


def parser() -> argparse.ArgumentParser:
    top = Parser(
        prog="synthrl",
        description="Free, endless, verifiable training data for RL on reasoning.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"synthrl {importlib.metadata.version('synthrl')}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")

    def command(name: str, text: str, of: str | None = "NAME", optional: bool = False) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        if of:
            sub.add_argument("name", metavar=of, nargs="?" if optional else None, help="a dataset of `synthrl list`")
            sub.add_argument("knobs", metavar="KNOB=VALUE", nargs="*", help="its knobs: hops=4 kinds=chain,comparison")
        return sub

    command("list", "the datasets, their configurations and knobs", of=None)
    show = command("show", "print one row as a person would like to read it")
    show.add_argument("--split", default="train", help="default: %(default)s")
    show.add_argument("--index", type=count, default=0, metavar="N", help="which row of it; default: %(default)s")
    prepare = command("prepare", "fill the cache for load_dataset; without NAME, say what is in it", optional=True)
    prepare.add_argument("--num-proc", type=positive, metavar="N", help="worker processes")
    prepare.add_argument("--cache-dir", metavar="DIR", help="default: the cache of `datasets`")
    verify = command("verify", "check rows against their world, independently of the code that made them", of="TARGET")
    verify.add_argument("--split", help="default: all of them")
    verify.add_argument("--rows", type=count, metavar="N", help="at most so many of each split")
    verify.add_argument("--num-proc", type=positive, metavar="N", help="worker processes")
    guess = command("guess", "what shortcuts earn, on rows of the train split")
    guess.add_argument("--rows", type=positive, default=4000, metavar="N", help="default: %(default)s")
    profile_options(command("profile", "how often a model solves each row", optional=True))
    adapt_options(command("adapt", "a mixture of difficulties at which a model solves so many rows"))
    synthesize_options(command("synthesize", "from a task definition to a training set", of=None))
    calibrate_options(command("calibrate", "how often voted labels are wrong, where the truth is known"))
    task = command("task", "tasks of your own, as a file: of templates, or of what a teacher is to write", of=None)
    task.add_argument("action", choices=["new", "check", "preview"])
    task.add_argument(
        "file", metavar="FILE.yaml", help="new: to be written; check and preview: a file or a task that ships"
    )
    task.add_argument("--generator", choices=["template", "teacher"], help="of a new one; default: template")
    report = command("report", "the papers' figures, from the folders of runs: PNG and one page", of=None)
    report.add_argument("runs", metavar="RUN", nargs="+", help="the output_dir of a recipe")
    report.add_argument("--output", metavar="DIR", help="default: report/ in the folder that holds all these runs")
    eval_options(command("eval", "how a model does on benchmarks and on our held-out sets, by lighteval", of=None))
    autoload = command("autoload", "let load_dataset know our names with no import at all", of=None)
    autoload.add_argument("action", choices=["enable", "disable", "status"])
    return top


def profile_options(profile: argparse.ArgumentParser) -> None:
    profile.epilog = "NAME: also a benchmark of synthrl.real, or a folder of rows. Stopped, it goes on where it was."
    asked = profile.add_argument_group("what is asked, and of whom")
    asked.add_argument("--model", action="append", metavar="MODEL", help="several times for several models")
    asked.add_argument("--split", help="default: train; of a benchmark without it, the one for evaluation")
    asked.add_argument(
        "--rows", type=positive, default=200, metavar="N", help="the first so many; default: %(default)s"
    )
    asked.add_argument("--samples", type=positive, default=64, metavar="N", help="of each row; default: %(default)s")
    model_options(asked)
    way = way_options(profile)
    way.add_argument("--prices", metavar="IN,OUT", help="dollars per million tokens: 0.15,0.60")
    way.add_argument("--output", metavar="DIR", help="a folder per model is made there; default: profiles/NAME")
    judge = profile.add_argument_group("who judges")
    judge.add_argument("--scorer", help="another than the rows say: f1:hotpotqa, number ...")
    judge.add_argument("--rescore", metavar="DIR", help="judge what is stored there again; nothing is generated")


def adapt_options(adapt: argparse.ArgumentParser) -> None:
    adapt.epilog = (
        "Without --vary, the usual grid: fiction_multihop each kind at 1 to 8 hops; fiction_arithmetic 2 to 20 operations; "
        "fiction_kinship 1 to 8 hops; fiction_logic each kind at all its sizes; templated_task its levels. A knob that is "
        "given takes the place of its values there. Exit status 1: out of reach. Stopped, it goes on where it was."
    )
    asked = adapt.add_argument_group("what is asked, and of whom")
    asked.add_argument("--model", metavar="MODEL", required=True)
    model_options(asked)
    asked.add_argument("--vary", action="append", metavar="KNOB=VALUES", help="hops=1-4,6: several times for several")
    asked.add_argument("--rows-per-cell", type=positive, default=16, metavar="N", help="default: %(default)s")
    asked.add_argument("--samples", type=positive, default=4, metavar="N", help="of each row; default: %(default)s")
    what = adapt.add_argument_group("what is made")
    what.add_argument("--target", type=number, default=0.5, metavar="RATE", help="default: %(default)s")
    what.add_argument("--output", metavar="FILE", default="mixture.yaml", help="default: %(default)s")
    way = way_options(adapt)
    way.add_argument("--prices", metavar="IN,OUT", help="dollars per million tokens: 0.15,0.60")


def synthesize_options(synthesize: argparse.ArgumentParser) -> None:
    synthesize.epilog = (
        "SETTING: samples=500 votes=16 take=500 …; --dry-run says what would be asked. Stopped, it goes on."
    )
    synthesize.add_argument("name", metavar="TASK.yaml", help="a file with `generator: teacher`, or a task that ships")
    synthesize.add_argument("knobs", metavar="SETTING=VALUE", nargs="*", help="other than the preset says")
    pair_options(synthesize.add_argument_group("who is asked"))
    what = synthesize.add_argument_group("what is made")
    what.add_argument(
        "--preset", default="default", metavar="NAME", help="faithful (the paper's numbers), or a baseline"
    )
    what.add_argument(
        "--until", metavar="STEP", help="no further than keywords, passages, pattern, generate, votes ..."
    )
    what.add_argument("--dry-run", action="store_true", help="say what would be asked, and ask nothing")
    what.add_argument("--benchmark", action="append", metavar="NAME=FOLDER", help="where one lies that the task names")
    what.add_argument(
        "--without-benchmark", action="append", metavar="NAME", help="go on where that one cannot be loaded"
    )
    what.add_argument("--output", metavar="DIR", help="default: synthesis/TASK")
    pair_prices(way_options(synthesize))


def calibrate_options(calibrate: argparse.ArgumentParser) -> None:
    calibrate.epilog = (
        "NAME: also a benchmark of synthrl.real, or a folder of rows. Without a student, votes alone are held to the truth. "
        "Stopped, it goes on where it was."
    )
    pair_options(calibrate.add_argument_group("who is asked"))
    asked = calibrate.add_argument_group("what is asked")
    asked.add_argument("--split", help="default: train; of a benchmark without it, the one for evaluation")
    asked.add_argument(
        "--rows", type=positive, default=200, metavar="N", help="the first so many; default: %(default)s"
    )
    asked.add_argument("--votes", type=positive, metavar="N", help="beside the first answer; default: 16")
    asked.add_argument("--samples", type=positive, metavar="N", help="of the student, of each row; default: 64")
    asked.add_argument(
        "--preset", default="default", metavar="NAME", help="of `synthrl synthesize`: faithful votes as the paper does"
    )
    asked.add_argument(
        "--setting", action="append", metavar="NAME=VALUE", help="of `synthrl synthesize`: agreement=0.6 seed=1 ..."
    )
    what = calibrate.add_argument_group("what is told")
    what.add_argument(
        "--at-most",
        type=number,
        default=0.05,
        metavar="SHARE",
        help="of labels that may be wrong; default: %(default)s",
    )
    what.add_argument(
        "--take", type=positive, metavar="N", help="rows that a rule picks; default: half of the labelled"
    )
    what.add_argument("--output", metavar="DIR", help="default: calibrations/NAME")
    pair_prices(way_options(calibrate))


def eval_options(evaluate: argparse.ArgumentParser) -> None:
    evaluate.epilog = (
        "What follows -- goes to lighteval as it stands. Stopped, it goes on with the task at which it was. Benchmarks come "
        "from the Hub, or from the folder that $SYNTHRL_HUB_MIRROR names."
    )
    evaluate.add_argument("model", metavar="MODEL", help="a folder, a name on the Hub, or a name that the server knows")
    what = evaluate.add_argument_group("what is asked")
    what.add_argument("--suite", metavar="NAME", help="multihop, definition, synthetic, or smoke to see that all works")
    what.add_argument(
        "--task", action="append", metavar="NAME", help="one task: synthrl_hotpotqa, synthrl_gsm8k_500 ..."
    )
    what.add_argument("--full", action="store_true", help="all rows of each benchmark; default: the fixed 500")
    what.add_argument("--worked", action="store_true", help="with worked examples, where there are any")
    what.add_argument("--sampled", action="store_true", help="8 samples of each row: mean@8 and pass@k")
    what.add_argument("--max-samples", type=positive, metavar="N", help="so many rows of each, to try things out")
    how = evaluate.add_argument_group("how")
    how.add_argument("--base-url", metavar="URL", help="a server of OpenAI's protocol; without it, in this process")
    how.add_argument(
        "--key-variable", metavar="NAME", default="OPENAI_API_KEY", help="where the key is; default: %(default)s"
    )
    how.add_argument("--system-prompt", metavar="TEXT", help="an own one; an empty one for none")
    how.add_argument("--temperature", type=number, help="default: 0, or 0.8 with --sampled")
    how.add_argument("--generation-size", type=positive, metavar="N", help="most tokens of a completion; default: 2048")
    how.add_argument("--batch-size", type=positive, default=16, metavar="N", help="default: %(default)s")
    how.add_argument("--model-arg", action="append", metavar="NAME=VALUE", help="of lighteval: max_length=8192 ...")
    how.add_argument("--output", metavar="DIR", help="default: evals/MODEL")


def pair_options(asked: Any) -> None:
    """Of a teacher and a student: where they are."""
    # Two variables: the key of a vendor is not to be sent to whoever serves the student.
    parts = (("teacher", "writes and votes", "OPENAI_API_KEY"), ("student", "is measured", "STUDENT_API_KEY"))
    for part, does, variable in parts:
        asked.add_argument(f"--{part}", metavar="MODEL", help=f"the model that {does}")
        asked.add_argument(f"--{part}-url", metavar="URL", help="where it is served; without it, in this process")
        asked.add_argument(
            f"--{part}-key-variable", metavar="NAME", default=variable, help="where the key is; default: %(default)s"
        )
    asked.add_argument("--engine", choices=["transformers", "vllm"], help="of a model in this process")


def pair_prices(way: Any) -> None:
    way.add_argument("--prices", metavar="IN,OUT", help="of the teacher, dollars per million tokens: 2.5,10")
    way.add_argument("--student-prices", metavar="IN,OUT", help="default: the teacher's, or 0,0 in this process")


def model_options(asked: Any) -> None:
    """Of one model: where it is, and how it is sampled."""
    asked.add_argument("--base-url", metavar="URL", help="a server of OpenAI's protocol; without it, in this process")
    asked.add_argument(
        "--engine", choices=["transformers", "vllm"], help="in this process; default: vLLM where it and a GPU are there"
    )
    asked.add_argument(
        "--key-variable", metavar="NAME", default="OPENAI_API_KEY", help="where the key is; default: %(default)s"
    )
    asked.add_argument("--temperature", type=number, default=1.0, help="default: %(default)s")
    asked.add_argument("--top-p", type=number, metavar="P")
    asked.add_argument("--max-tokens", type=positive, default=1024, metavar="N", help="default: %(default)s")
    asked.add_argument("--system-prompt", metavar="TEXT", help="an own one; an empty one for none")


def way_options(command: argparse.ArgumentParser) -> Any:
    way = command.add_argument_group("how")
    way.add_argument(
        "--concurrency", type=positive, default=16, metavar="N", help="requests at once; default: %(default)s"
    )
    way.add_argument("--timeout", type=number, default=600.0, metavar="SECONDS", help="default: %(default)s")
    way.add_argument("--budget", metavar="CAPS", help="requests=1000,tokens=2000000,dollars=5: one or several of them")
    way.add_argument(
        "--cache", metavar="FILE", help="of replies; default: synthrl/replies.sqlite in the cache of the Hub"
    )
    return way


def list_all() -> None:
    import inspect

    from synthrl.knobs import spell

    for name in hub.names():
        builder = hub.builder_class(name)
        named = builder.named()
        print(f"{name}\n  {(inspect.getdoc(builder) or '').partition(chr(10))[0]}")
        print(f"  configurations: {' '.join(named)}")
        print(f"  knobs: {' '.join(f'{k}={v}' for k, v in spell(named[builder.DEFAULT_CONFIG_NAME]).items())}\n")


def show_one(name: str, config: str | None, knobs: dict[str, Any], split: str, index: int) -> None:
    from synthrl.app.show import show
    from synthrl.knobs import refuse

    builder = hub.open_reader(name, config, **knobs)
    sizes = {split: size for split, size in builder.sizes().items() if size}
    if split not in sizes:
        refuse("split", split, sizes)
    if index >= sizes[split]:
        raise ValueError(f"--index: got {index}, expected 0 to {sizes[split] - 1}, as {split} has {sizes[split]} rows")
    show(next(iter(builder.rows(split, index, index + 1))))


def verify_any(args: argparse.Namespace) -> int:
    from synthrl.app.verify import run as verify

    name = hub.ours(args.name) or (args.name if args.name in hub.names() else None)
    if name is None and args.knobs:
        raise ValueError(f"{args.knobs[0]}: knobs go with the name of a dataset, and {args.name!r} is none")
    config, given = hub.read_knobs(name, args.knobs) if name else (None, {})
    return verify(name or args.name, config, given, args.rows, args.split, args.num_proc)


def run(args: argparse.Namespace) -> int:
    if args.command == "list":
        list_all()
        return 0
    if args.command == "task":
        from synthrl.app.task import run as work_on_task

        return work_on_task(args.action, args.file, args.generator)
    if args.command == "report":
        from synthrl.app.report import run as report

        return report(args.runs, args.output)
    if args.command == "eval":
        from synthrl.app.evaluate import run as evaluate

        return evaluate(args)
    if args.command == "autoload":
        from synthrl.app import autoload

        print(getattr(autoload, args.action)())
        return 0
    if args.command == "prepare" and args.name is None:
        from synthrl.app.prepare import report_all

        report_all(args.cache_dir)
        return 0
    if args.command == "verify":
        return verify_any(args)
    if args.command == "profile":
        from synthrl.app.profile import run as profile

        return profile(args)
    if args.command == "adapt":
        from synthrl.app.adapt import run as adapt

        return adapt(args)
    if args.command == "synthesize":
        from synthrl.app.synthesize import run as synthesize

        return synthesize(args)
    if args.command == "calibrate":
        from synthrl.app.calibrate import run as calibrate

        return calibrate(args)

    name = hub.ours(args.name) or args.name
    config, given = hub.read_knobs(name, args.knobs)
    if args.command == "show":
        show_one(name, config, given, args.split, args.index)
    elif args.command == "prepare":
        from synthrl.app.prepare import prepare

        prepare(name, config, given, num_proc=args.num_proc, cache_dir=args.cache_dir)
    elif args.command == "guess":
        from synthrl.app.guess import run as guess

        return guess(name, config, given, args.rows)
    return 0


def main(argv: list[str] | None = None) -> int:
    top = parser()
    argv = sys.argv[1:] if argv is None else argv
    end = argv.index("--") if argv[:1] == ["eval"] and "--" in argv else len(argv)
    args, rest = top.parse_known_args(argv[:end])
    args.passed = argv[end + 1 :]
    args.command_line = shlex.join(["synthrl", *argv])
    if rest and (not hasattr(args, "knobs") or any(word.startswith("-") for word in rest)):
        top.error(f"unknown arguments: {' '.join(rest)}")
    if rest:
        args.knobs += rest  # knobs that follow an option
    try:
        status = run(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # `synthrl list | head`: no more is wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except (ValueError, OSError, ImportError) as error:
        print(f"synthrl: {' '.join(str(error).split()) or type(error).__name__}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
