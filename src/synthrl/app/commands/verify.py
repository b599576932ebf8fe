"""Check rows against their world, independently of the code that made them.

synthrl verify fiction_multihop hops=2-6 --rows 1000

TARGET: also a .parquet or .jsonl file, or a folder, of which one configuration may be named (synthrl verify FOLDER hops_3).
Files of `synthrl generate` are compared with their manifest too.
"""

import argparse

from synthrl.app import commands


def options(parser: argparse.ArgumentParser) -> None:
    commands.dataset(parser, of="TARGET")
    parser.add_argument("--split", help="default: all of them")
    parser.add_argument(
        "--rows",
        type=commands.count,
        metavar="N",
        help="the first so many of each split; from all over what was generated",
    )
    parser.add_argument("--num-proc", type=commands.positive, metavar="N", help="worker processes")


def run(args: argparse.Namespace) -> int:
    from synthrl.app import hub, rows, verify

    name = hub.ours(args.name) or (args.name if args.name in hub.names() else None)
    config, given = hub.read_knobs(name, args.knobs) if name else (rows.configuration(args.name, args.knobs), {})
    return verify.run(name or args.name, config, given, args.rows, args.split, args.num_proc)
