"""Print one row as a person would like to read it.

synthrl show fiction_multihop hops=4 --index 7

NAME: also a benchmark of `synthrl.real` or a folder of rows, where it has configurations with the name of one
(synthrl show ./published hops_3).
"""

import argparse

from synthrl.app import commands


def options(parser: argparse.ArgumentParser) -> None:
    commands.dataset(parser)
    parser.add_argument("--split", help="default: train")
    parser.add_argument(
        "--index", type=commands.count, default=0, metavar="N", help="which row of it; default: %(default)s"
    )


def run(args: argparse.Namespace) -> int:
    from synthrl.app.show import find, show

    show(find(args.name, args.knobs, args.split, args.index))
    return 0
