"""A dataset as a repository of the Hub: Parquet, a card rendered from what is in it, a manifest. Nothing is sent unasked."""

from argparse import Namespace
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import huggingface_hub
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from synthrl import knobs
from synthrl.app import hub
from synthrl.app.own_folder import alone

from . import manifest, plan, upload, whole
from .plan import Shard


def run(args: Namespace) -> int:
    name = hub.ours(args.name) or args.name
    parts = plan.parts(name, args.knobs, args.rows)
    shards = list(plan.shards(name, parts))
    knobs.require(bool(shards), "--rows", args.rows, "at least one row")
    check_repository(args.repo_id)
    if args.dry_run:
        print(_listed(args.repo_id, name, shards))
        return 0
    folder = folder_of(args.repo_id, args.output)
    if args.repo_id:  # before hours of work
        about = {"dataset": name, "files": dict.fromkeys([*(shard.path for shard in shards), "README.md"])}
        upload.look(args.repo_id, "dataset", private=args.private, force=args.force, about=about)
    with alone(folder, manifest.NAME):
        whole.write(folder, args, name, parts, shards)
        if args.repo_id:
            return upload.push_folder(folder, args.repo_id, private=args.private, yes=args.yes, force=args.force)
    print(f"written, and not sent: {folder}")
    return 0


def folder_of(repo_id: str | None, output: str | None) -> Path:
    """Where a tree is written."""
    check_repository(repo_id)
    if output is not None:
        knobs.require(bool(output), "--output", output, "a folder")
        return knobs.path("--output", output)
    if not repo_id:
        raise ValueError("--repo-id: got none, expected you/name, or --output DIR to write the tree and send nothing")
    return Path(huggingface_hub.constants.HF_HOME).expanduser() / "synthrl" / "published" / repo_id.replace("/", "--")


def check_repository(repo_id: str | None) -> None:
    """Before hours of work, and before the Hub is asked."""
    if repo_id is None:
        return
    named = repo_id.count("/") == 1 and all(repo_id.split("/"))
    knobs.require(named, "--repo-id", repo_id, "the name of a user or an organisation, a slash, and a name: you/name")
    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise ValueError(f"--repo-id: {error}") from None


def _listed(repo_id: str | None, name: str, shards: Sequence[Shard]) -> str:
    """What would be written and sent."""
    lines = [f"{name}: {sum(shard.stop - shard.start for shard in shards):,} rows, to {repo_id or 'no repository'}"]
    for (part, split), of in groupby(shards, lambda shard: (shard.part.name, shard.split)):
        some = list(of)
        files = f"{len(some):,} files, the first " if len(some) > 1 else ""
        lines.append(f"  {part:16} {split:17}{some[-1].stop:>12,} rows  {files}{some[0].path}")
    return "\n".join([*lines, "  README.md, synthrl.json, pictures/", "nothing was written, and nothing sent"])
