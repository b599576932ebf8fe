"""The command line."""

import argparse
import difflib
import importlib
import importlib.metadata
import os
import shlex
import sys
from typing import NoReturn

from synthrl.app import commands

ABOUT = """\
Free, endless, verifiable training data for RL on reasoning.

knobs:
  A dataset's knobs are written name=value: hops=4, a range hops=2-6, a list kinds=chain,comparison.
  The name of a configuration may stand before them: hops_4 train=2000.

commands:
"""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"synthrl: {message}\n")


def parser() -> argparse.ArgumentParser:
    modules = {
        name: importlib.import_module(f"{commands.__name__}.{name.replace('-', '_')}") for name in commands.NAMES
    }
    about = {name: str(module.__doc__).strip().split("\n\n") for name, module in modules.items()}
    top = Parser(
        prog="synthrl",
        usage="synthrl COMMAND ...   (synthrl COMMAND --help)",
        description=ABOUT
        + "\n".join(f"  {name:16}{text}\n{'':18}{example}" for name, (text, example, *_) in about.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"synthrl {importlib.metadata.version('synthrl')}")
    each = top.add_subparsers(dest="command", prog="synthrl", required=True, metavar="COMMAND", help=argparse.SUPPRESS)
    for name, module in modules.items():
        text, example, *more = about[name]
        said = "\n\n".join([f"  {example}", text, *more])
        form = argparse.RawDescriptionHelpFormatter
        module.options(each.add_parser(name, help=text, description=said, formatter_class=form))
        each.choices[name].set_defaults(run=module.run)
    return top


def unknown(word: str) -> str:
    """Of a command that is none, in less than argparse says of it."""
    near = difflib.get_close_matches(word.lower(), commands.NAMES, n=1)
    meant = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(commands.NAMES)}"
    return f"command: got {word!r}, {meant}"


def main(argv: list[str] | None = None) -> int:
    top = parser()
    argv = sys.argv[1:] if argv is None else argv
    if argv and not argv[0].startswith("-") and argv[0] not in commands.NAMES:
        top.error(unknown(argv[0]))
    end = argv.index("--") if argv[:1] == ["eval"] and "--" in argv else len(argv)
    args, rest = top.parse_known_args(argv[:end])
    args.passed = argv[end + 1 :]
    args.command_line = shlex.join(["synthrl", *argv])
    if rest and (not hasattr(args, "knobs") or any(word.startswith("-") for word in rest)):
        top.error(f"unknown arguments: {' '.join(rest)}")
    if rest:
        args.knobs += rest  # knobs that follow an option
    try:
        status: int = args.run(args)
        if sys.stdout:  # it may have been closed by who called
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
