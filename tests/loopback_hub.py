"""A stand-in of the Hub on loopback: as much of its API as creating a repository and committing to it takes.

Files are kept in memory. `uploads` counts the large ones that were sent: one that is there is not asked for again.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

LARGE = (".safetensors", ".parquet", ".bin", ".png")


class Hub(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.repos: dict[str, dict[str, bytes]] = {}  # "models/me/name" → path → what is in it
        self.blobs: dict[str, bytes] = {}  # by SHA-256
        self.commits: list[tuple[str, list[str]]] = []
        self.uploads = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def environment(self) -> dict[str, str]:
        """For a process that is to take this for the Hub."""
        return {"HF_ENDPOINT": self.url, "HF_TOKEN": "hf_stand_in", "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}


@contextmanager
def running() -> Iterator[Hub]:
    with Hub() as hub:
        threading.Thread(target=hub.serve_forever, args=(0.02,), daemon=True).start()
        yield hub
        hub.shutdown()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def log_message(self, *args: Any) -> None:
        pass

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = b""
        while size := int(self.rfile.readline(), 16):
            said += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return said

    def reply(self, what: Any, status: int = 200, **headers: str) -> None:
        sent = what if isinstance(what, bytes) else json.dumps(what).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(sent)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(sent)

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        if "/resolve/" in path:
            repo, _, at = path.partition("/resolve/")
            repo = repo if repo.count("/") == 2 else f"models/{repo}"
            found = self.server.repos.get(repo, {}).get(at.partition("/")[2])
            self.reply(found, X_Repo_Commit="0" * 40, ETag='"1"') if found is not None else self.missing()
            return
        match path.split("/"):
            case ["api", "whoami-v2"]:
                self.reply({"type": "user", "name": "me", "orgs": []})
            case ["api", kind, owner, name, *rest] if f"{kind}/{owner}/{name}" in self.server.repos:
                self.about(f"{kind}/{owner}/{name}", rest)
            case _:
                self.missing()

    do_HEAD = do_GET

    def missing(self) -> None:
        self.reply({"error": "not found"}, 404, X_Error_Code="EntryNotFound")

    def about(self, repo: str, rest: list[str]) -> None:
        files = self.server.repos[repo]
        if rest[:1] == ["tree"]:
            told = [{"type": "file", "path": path, "size": len(text), "oid": "0"} for path, text in files.items()]
            self.reply(told)
        else:
            siblings = [{"rfilename": path} for path in files]
            self.reply({"id": repo.partition("/")[2], "sha": "0" * 40, "siblings": siblings, "private": False})

    def do_PUT(self) -> None:
        text = self.body()
        digest = hashlib.sha256(text).hexdigest()
        assert self.path == f"/upload/{digest}"
        self.server.blobs[digest] = text
        self.server.uploads += 1
        self.reply({})

    def do_POST(self) -> None:
        said = self.body()
        match unquote(urlsplit(self.path).path).strip("/").split("/"):
            case ["api", "repos", "create"]:
                asked = json.loads(said)
                name = f"{asked.get('organization') or 'me'}/{asked['name'].rpartition('/')[2]}"
                kind = f"{asked.get('type') or 'model'}s"
                self.server.repos.setdefault(f"{kind}/{name}", {})
                self.reply({"url": f"{self.server.url}/{'' if kind == 'models' else kind + '/'}{name}", "name": name})
            case ["api", "validate-yaml"]:
                self.reply({"errors": [], "warnings": []})
            case ["api", _, _, _, "preupload", _]:
                files = json.loads(said)["files"]
                modes = [{**file, "uploadMode": "lfs" if file["path"].endswith(LARGE) else "regular"} for file in files]
                self.reply({"files": [{**mode, "shouldIgnore": False, "oid": None} for mode in modes]})
            case ["api", kind, owner, name, "commit", _]:
                self.commit(f"{kind}/{owner}/{name}", [json.loads(line) for line in said.splitlines()])
            case [*_, "info", "lfs", "objects", "batch"]:
                self.reply(
                    {"transfer": "basic", "objects": [self.wanted(each) for each in json.loads(said)["objects"]]}
                )
            case _:
                self.missing()

    def wanted(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Where to send a large file, unless it is there."""
        if asked["oid"] in self.server.blobs:
            return asked
        return {**asked, "actions": {"upload": {"href": f"{self.server.url}/upload/{asked['oid']}"}}}

    def commit(self, repo: str, lines: list[dict[str, Any]]) -> None:
        files, changed = self.server.repos[repo], []
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.server.blobs[value["oid"]]
            elif line["key"] == "deletedFile":
                files.pop(value["path"], None)
            else:
                continue
            changed.append(value["path"])
        self.server.commits.append((repo, changed))
        url = f"{self.server.url}/{repo.removeprefix('models/')}/commit/{'0' * 40}"
        self.reply({"success": True, "commitUrl": url, "commitOid": "0" * 40, "hookOutput": ""})
