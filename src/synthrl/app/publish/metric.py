"""A metric's folder as a Space: from there `evaluate.load("you/answer_f1")` takes it, and its page lets people try it."""

import importlib.metadata
import shutil
from argparse import Namespace
from pathlib import Path

from synthrl import files, knobs
from synthrl.app import metrics
from synthrl.app.own_folder import alone

from . import check_repository, folder_of, manifest, upload


def run(args: Namespace) -> int:
    name = args.name.removeprefix("synthrl/")
    source = Path(metrics.metric_path(name))
    paths = sorted(path for path in source.iterdir() if path.is_file())
    for option, given in (("--repo-id", args.repo_id), ("--output", args.output)):
        same = not given or Path(given).expanduser().absolute().name == name
        knobs.require(same, option, given, f"a name that ends in /{name}: `evaluate` looks for a script of that name")
    check_repository(args.repo_id)
    if args.dry_run:
        print(f"{name}, a Space, to {args.repo_id or 'no repository'}")
        print("\n".join(f"  {path.name}" for path in [*paths, Path(manifest.NAME)]))
        print("nothing was written, and nothing sent")
        return 0
    folder = folder_of(args.repo_id, args.output)
    with alone(folder, manifest.NAME):
        write(folder, name, paths)
        if args.repo_id:
            to = {"type": "space", "private": args.private, "yes": args.yes, "force": args.force}
            return upload.push_folder(folder, args.repo_id, **to)
    print(f"written, and not sent: {folder}")
    return 0


def write(folder: Path, name: str, paths: list[Path]) -> None:
    """The folder as it is, but that it asks for this release of ours, whose judge it is published with."""
    version = importlib.metadata.version("synthrl")
    names = {path.name for path in paths}
    old = manifest.left_over(folder, names)
    for path in paths:
        if path.name == "requirements.txt":
            files.write(folder / path.name, f"{path.read_text(encoding='utf-8').strip()}=={version}\n")
        else:
            with files.whole(folder / path.name) as part:
                shutil.copyfile(path, part)
    for name_of_old in old:
        (folder / name_of_old).unlink()
    manifest.write(folder, {"metric": name, "versions": {"synthrl": version}})
