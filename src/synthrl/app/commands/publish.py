"""A dataset to the Hub, as Parquet with a card rendered from it. Stopped, it goes on where it was.

synthrl publish fiction_multihop hops=1-8 --rows 10000 --repo-id you/composition

A range or a list of a depth (hops=1-8, operations=2,4,8) is one configuration for each number; without any, those that the
dataset names are published. Before anything is sent there is a summary and, on a terminal, a question. Of an --output
that was written before, what this command does not make is removed, and told.
"""

import argparse

from synthrl.app import commands


def options(parser: argparse.ArgumentParser) -> None:
    commands.dataset(parser)
    what = parser.add_argument_group("what is made")
    what.add_argument("--rows", type=commands.positive, metavar="N", help="of train, in each configuration")
    what.add_argument("--tokenizer", metavar="NAME", help="the card tells lengths in its tokens; default: in words")
    what.add_argument(
        "--audit",
        type=commands.count,
        default=100,
        metavar="N",
        help="rows of each split that are verified first; default: %(default)s",
    )
    what.add_argument("--num-proc", type=commands.positive, metavar="N", help="worker processes")
    repository(parser)


def repository(parser: argparse.ArgumentParser) -> None:
    """Where it goes."""
    where = parser.add_argument_group("where it goes")
    where.add_argument("--repo-id", metavar="YOU/NAME", help="without it nothing is sent")
    where.add_argument("--output", metavar="DIR", help="the very tree that is sent; default: in the cache of the Hub")
    where.add_argument("--private", action="store_true", help="if the repository is new; default: public")
    where.add_argument("--force", action="store_true", help="also to a repository that holds something else")
    where.add_argument("--dry-run", action="store_true", help="list all of it; write nothing and send nothing")
    where.add_argument("--yes", action="store_true", help="do not ask")


def run(args: argparse.Namespace) -> int:
    from synthrl.app import publish

    return publish.run(args)
