"""Where the files go: a folder here, one that fsspec knows, or a repository of the Hub. A file is there when it is whole.

Here it is written under a hidden name and renamed. Elsewhere it is written to a temporary file and sent: S3 and its
like show an object when all of it has arrived, and the Hub with the commit, which brings the marker along.
"""

import contextlib
import json
import posixpath
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec

from synthrl import files, knobs
from synthrl.app.online import plainly
from synthrl.app.scale import scratch

HUB = "hf://"
FLEETING = ("memory", "data", "http", "https")  # what fsspec knows, and nobody finds again what is written there
TRIES = 6  # of a commit, which the Hub refuses while another one is made


def check_lasting(url: str) -> None:
    stores = [part.partition("://")[0] for part in url.split("::") if "://" in part]
    lost = [store for store in stores if store in FLEETING]
    knobs.require(not lost, "--output", url, "a folder, or a store that keeps what is written: s3://…, hf://datasets/…")


@contextlib.contextmanager
def reached(url: str) -> Iterator[None]:
    """What comes of a store that cannot be reached, as an error of one kind."""
    try:
        yield
    except _of_stores() as error:
        raise OSError(f"{url}: {error}") from None


def _of_stores() -> tuple[type[Exception], ...]:
    """Errors that are no OSError: those of S3's client and of the Hub's, if they were needed."""
    s3, web = sys.modules.get("botocore.exceptions"), sys.modules.get("httpx")
    return (*((s3.BotoCoreError, s3.ClientError) if s3 else ()), *((web.HTTPError,) if web else ()))


@dataclass(frozen=True)
class Folder:
    url: str

    @property
    def local(self) -> Path | None:
        if "://" in self.url and not self.url.startswith("file://"):
            return None
        return knobs.path("--output", self.url.removeprefix("file://")).absolute()

    @property
    def on_hub(self) -> bool:
        return self.url.startswith(HUB)

    @property
    def _remote(self) -> tuple[Any, str]:
        fs, root = fsspec.core.url_to_fs(self.url)
        return fs, root.rstrip("/")

    def read(self, path: str) -> bytes | None:
        if self.on_hub:
            return Repository.of(self.url).read(path)
        try:
            if self.local:
                return (self.local / path).read_bytes()
            fs, root = self._remote
            return bytes(fs.cat_file(f"{root}/{path}"))
        except FileNotFoundError:
            return None

    def read_all(self, paths: Iterable[str]) -> Iterator[bytes | None]:
        """In their order; several at a time, since each may have to come from afar."""
        with ThreadPoolExecutor(1 if self.local else 16) as threads:
            yield from threads.map(self.read, paths)

    def write(self, path: str, text: str) -> None:
        if self.on_hub:
            Repository.of(self.url).commit({path: text.encode()})
        elif self.local:
            files.write(self.local / path, text)
        else:
            fs, root = self._remote
            fs.pipe_file(f"{root}/{path}", text.encode())

    def sizes(self, under: str = "") -> dict[str, int]:
        """All whole files below, and how large they are."""
        if self.on_hub:
            return Repository.of(self.url).sizes(under)
        if self.local:  # of what is being written the next moment may know nothing
            root = self.local
            found = (path for path in (root / under).rglob("*") if not path.match(files.PARTS) and path.is_file())
            return {path.relative_to(root).as_posix(): path.stat().st_size for path in found}
        fs, base = self._remote
        fs.invalidate_cache()
        try:
            listed = fs.find(posixpath.join(base, under).rstrip("/"), detail=True)
        except FileNotFoundError:
            return {}
        start = len(base) + 1
        return {path[start:]: int(info["size"]) for path, info in listed.items()}

    def entries(self) -> list[str]:
        """What is in the folder itself, the hidden left out."""
        if self.local:
            names = {path.name for path in self.local.iterdir()} if self.local.exists() else set()
        else:
            names = {path.partition("/")[0] for path in self.sizes()}
        return sorted(name for name in names if not name.startswith("."))

    def add(self, path: str, marker: str, fill: Callable[[Path], str]) -> None:
        """A file that `fill` writes, and then its marker, which `fill` returns."""
        if self.local:
            with files.whole(self.local / path) as part:
                said = fill(part)
            files.write(self.local / marker, said)
            return
        with scratch.folder() as here:
            part = here / "part"
            said = fill(part)
            if self.on_hub:
                Repository.of(self.url).commit({path: part, marker: said.encode()})
                return
            fs, root = self._remote
            fs.put_file(str(part), f"{root}/{path}")
        self.write(marker, said)

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[Any]:
        """To be read, as bytes and from any place."""
        if self.local:
            with open(self.local / path, "rb") as file:
                yield file
            return
        with fsspec.open(f"{self.url.rstrip('/')}/{path}", "rb") as file:
            yield file

    @property
    def to_load(self) -> str:
        """What `load_dataset` is to be given."""
        if self.on_hub and not Repository.of(self.url).under:
            return f'"{Repository.of(self.url).name}"'
        if self.local:
            return json.dumps(str(self.local), ensure_ascii=False)
        return f'"parquet", data_files="{self.url.rstrip("/")}/data/*.parquet"'

    def sweep(self) -> None:
        """Remove what was being written by a process that is no more."""
        scratch.sweep()
        for left in self.local.rglob(files.PARTS) if self.local else ():
            left.unlink(missing_ok=True)


@dataclass(frozen=True)
class Repository:
    """A dataset on the Hub, or a folder in it. Of its own, for fsspec makes a commit of every file."""

    name: str
    under: str

    @classmethod
    def of(cls, url: str) -> "Repository":
        kind, *parts = url.removeprefix(HUB).strip("/").split("/")
        if kind != "datasets" or len(parts) < 2 or "@" in url:
            raise ValueError(f"--output: got {knobs.shown(url)}, expected hf://datasets/OWNER/NAME, or a folder in it")
        return cls("/".join(parts[:2]), "/".join(parts[2:]))

    def _at(self, path: str) -> str:
        return posixpath.join(self.under, path)

    def read(self, path: str) -> bytes | None:
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError, RepositoryNotFoundError

        # Not in the cache, which would keep thousands of markers for ever.
        with scratch.folder() as here, plainly(self.name):
            try:
                got = hf_hub_download(self.name, self._at(path), repo_type="dataset", local_dir=here)
            except LocalEntryNotFoundError:  # it did not say that there is none
                raise
            except (EntryNotFoundError, RepositoryNotFoundError):
                return None
            return Path(got).read_bytes()

    def sizes(self, under: str) -> dict[str, int]:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import EntryNotFoundError, RepositoryNotFoundError
        from huggingface_hub.hf_api import RepoFile

        inside = self._at(under).strip("/")
        try:
            with plainly(self.name, (EntryNotFoundError, RepositoryNotFoundError)):
                tree = HfApi().list_repo_tree(self.name, inside or None, repo_type="dataset", recursive=True)
                found = {each.path: each.size for each in tree if isinstance(each, RepoFile)}
        except (EntryNotFoundError, RepositoryNotFoundError):
            return {}
        start = f"{self.under}/" if self.under else ""
        wanted = f"{inside}/" if inside else ""
        return {path.removeprefix(start): size for path, size in found.items() if path.startswith(wanted)}

    def commit(self, contents: dict[str, bytes | Path]) -> None:
        from huggingface_hub import CommitOperationAdd, HfApi
        from huggingface_hub.errors import HfHubHTTPError

        api, title = HfApi(), f"synthrl generate: {next(iter(contents))}"
        with plainly(self.name):
            api.create_repo(self.name, repo_type="dataset", private=True, exist_ok=True)
            for attempt in range(TRIES):
                added = [CommitOperationAdd(self._at(path), what) for path, what in contents.items()]
                try:
                    api.create_commit(self.name, added, commit_message=title, repo_type="dataset")
                    return
                except HfHubHTTPError as error:
                    if error.response.status_code not in (409, 412, 429, 500, 503) or attempt == TRIES - 1:
                        raise
                time.sleep(2**attempt)
