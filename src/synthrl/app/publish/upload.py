"""A folder to the Hub: looked at first, told in a summary, asked about, and sent by one call.

What the Hub has is not sent again, which its client sees to: neither the contents of large files, known by their hash, nor
files that are as they were; where all are, no commit is made. So whatever is interrupted, the same call goes on.
"""

import glob
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthrl import files, knobs
from synthrl.app.online import plainly

from . import manifest

ALWAYS = ".gitattributes"  # every repository has it
KEYS = ("dataset", "metric", "evaluation")  # of a manifest: what the tree is one of


@dataclass(frozen=True)
class Repository:
    """What is on the Hub under a name."""

    id: str
    type: str
    private: bool | None = None  # None: it is not there yet
    files: frozenset[str] = frozenset()
    told: Mapping[str, Any] = field(default_factory=dict)  # its manifest
    head: str | None = None  # its last commit


def push_folder(
    folder: Path, repo_id: str, *, type: str = "dataset", private: bool = False, yes: bool = False, force: bool = False
) -> int:
    """Upload a tree that has a manifest (`manifest.write`). Exit status: 1 if whoever was asked said no."""
    told = manifest.of(folder)
    if told is None:
        raise ValueError(f"{folder}: got a folder without {manifest.NAME}, expected one that was written to its end")
    there = look(repo_id, type, private=private, force=force, about=told)
    stale = sorted((there.told.get("files", {}).keys() & there.files) - told["files"].keys())
    print(summary(told, there, private, stale))
    if not yes and sys.stdin.isatty() and input("Publish it? [y/N] ").strip().casefold() not in ("y", "yes"):
        print(f"nothing was sent; the tree is in {folder}")
        return 1
    print(_send(folder, there, private, stale, [*told["files"], manifest.NAME]))
    return 0


def look(repo_id: str, type: str, *, private: bool, force: bool, about: Mapping[str, Any]) -> Repository:
    """The repository as it is; refused if it is no place for what `about` tells of."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    with plainly(repo_id):
        api = HfApi()
        token = (api.whoami().get("auth") or {}).get("accessToken") or {}
        if token.get("role") == "read":  # of others only an attempt tells what they may
            raise ValueError(f"{repo_id}: this token may read and not write: `hf auth login` with another, or HF_TOKEN")
        try:
            info = api.repo_info(repo_id, repo_type=type)
        except RepositoryNotFoundError:
            others = [other for other in ("model", "dataset", "space") if other != type]
            taken = [other for other in others if api.repo_exists(repo_id, repo_type=other)]
            if taken and not force:
                raise ValueError(f"--repo-id: got {repo_id}, a {taken[0]}, expected a {type} (or --force)") from None
            return Repository(repo_id, type)
        if private and not info.private:
            raise ValueError(f"--private: {repo_id} is there and public; make it private on the Hub first")
        paths = frozenset(api.list_repo_files(repo_id, repo_type=type))
        told = _told(api, repo_id, type) if manifest.NAME in paths else {}
    _refuse_others(repo_id, paths, told, about, force)
    return Repository(repo_id, type, bool(info.private), paths, told, info.sha)


def summary(told: Mapping[str, Any], there: Repository, private: bool, stale: list[str]) -> str:
    of, before = told["files"], there.told.get("files", {})
    same = [path for path in of if path in there.files and before.get(path, {}).get("sha256") == of[path]["sha256"]]
    new = [path for path in of if path not in same]
    state = "new, " if there.private is None else "there, "
    state += "private" if (private if there.private is None else there.private) else "public"
    lines = [f"{there.type} {there.id} ({state})"]
    if "rows" in told:
        lines += [f"  rows     {told['rows']:,}"]
    lines += [f"  files    {len(of) + 1:,}, {files.size(sum(file['bytes'] for file in of.values()))}"]
    lines += [f"  to send  {len(new):,}, {files.size(sum(of[path]['bytes'] for path in new))}; {len(same):,} are there"]
    if stale:
        few = ", ".join(stale[:3]) + (" ..." if len(stale) > 3 else "")
        lines += [f"  removed  {len(stale):,} of what was published there before, in the same commit: {few}"]
    kept = sorted(there.files - of.keys() - {manifest.NAME, ALWAYS} - set(stale))
    return "\n".join([*lines, *([f"  left as they are  {', '.join(kept[:5])}"] if kept else [])])


def _send(folder: Path, there: Repository, private: bool, stale: list[str], paths: list[str]) -> str:
    from huggingface_hub import HfApi

    with plainly(there.id):
        api = HfApi()
        if there.private is None:
            sdk = {"space_sdk": "gradio"} if there.type == "space" else {}
            api.create_repo(there.id, repo_type=there.type, private=private or None, exist_ok=True, **sdk)
        commit = api.upload_folder(
            repo_id=there.id,
            repo_type=there.type,
            folder_path=folder,
            allow_patterns=[glob.escape(path) for path in paths],
            delete_patterns=[glob.escape(path) for path in stale] or None,
            commit_message=f"synthrl publish: {len(paths):,} files",
        )
    return (
        f"{'published' if commit.oid != there.head else 'all of it was there, and no commit made'}: {commit.commit_url}"
    )


def _told(api: Any, repo_id: str, type: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:  # in the cache it would stay, whatever a proxy made of it
        path = api.hf_hub_download(repo_id, manifest.NAME, repo_type=type, local_dir=folder)
        return manifest.read(Path(path).read_bytes()) or {}


def _refuse_others(
    repo_id: str, paths: frozenset[str], told: Mapping[str, Any], about: Mapping[str, Any], force: bool
) -> None:
    """What somebody wrote is not written over, nor one thing published where another is."""
    if force:
        return
    if told:
        is_, was = (next((f"{key} {what[key]}" for key in KEYS if key in what), "") for what in (about, told))
        knobs.require(is_ == was, "--repo-id", f"{repo_id}, where {was} is published", f"{is_}, or --force")
        return
    # Of a first upload that was interrupted there may be files, but no manifest.
    others = sorted(paths - about.get("files", {}).keys() - {ALWAYS})
    if others:
        what = f"{repo_id}, with {len(others)} files of something else ({', '.join(others[:3])})"
        raise ValueError(f"--repo-id: got {what}, expected a new or an empty repository, or --force to add to it")
