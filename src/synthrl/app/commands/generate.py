"""Rows by the million or billion, as files. Stopped, it goes on where it was.

synthrl generate fiction_multihop hops=2-6 --rows 1e9 --output rows --dry-run

The files are the same to the byte whatever the executor and the number of workers. Another command for the same folder is
refused. A split of a size that no seed holds goes on with other seeds, which follow from the first. On the Hub (hf://…) each file
is a commit, of which it takes some hundred an hour: --file-size 5GB makes fewer.
"""

import argparse
import re

from synthrl.app import commands

UNITS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "B": 10**9, "T": 10**12}


def amount(text: str) -> int:
    """1e9, 1_000_000, 5M."""
    read = re.fullmatch(r"(\d+(?:_\d+)*(?:\.\d+)?(?:e\d{1,2})?)([kKMGBT]?)", text, re.ASCII)
    value = float(read[1]) * UNITS[read[2]] if read else 0.0
    if not 1 <= value < 1e15 or value != int(value):
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number, 1 or more: 1e9, 1_000_000, 5M")
    return int(value)


def size(text: str) -> int:
    try:
        return amount(text.removesuffix("B"))  # which is for bytes here, and not for billions
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a size: 256MB, 1GB") from None


def options(parser: argparse.ArgumentParser) -> None:
    commands.dataset(parser)
    parser.add_argument("--rows", type=amount, required=True, metavar="N", help="how many: 1e9, 1_000_000, 5M")
    parser.add_argument(
        "--output", required=True, metavar="DIR", help="a new folder, s3://… (pip install s3fs), hf://datasets/you/name"
    )
    parser.add_argument("--split", default="train", help="one a folder; default: %(default)s")
    parser.add_argument("--file-size", type=size, default=256_000_000, metavar="SIZE", help="about; default: 256MB")
    how = parser.add_argument_group("how")
    how.add_argument("--executor", choices=["local", "slurm", "ray"], default="local", help="default: %(default)s")
    how.add_argument(
        "--workers", type=commands.positive, metavar="N", help="at once; default: the cores of this machine"
    )
    how.add_argument("--config", metavar="FILE", help="of the cluster, YAML: partition, time, cpus_per_task …")
    how.add_argument(
        "--dry-run", action="store_true", help="say how many files and bytes it would be, and how long it would take"
    )


def run(args: argparse.Namespace) -> int:
    from synthrl.app import scale

    return scale.run(args, *commands.opened(args))
