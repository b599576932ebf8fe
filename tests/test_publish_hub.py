"""What is published arrives: the client of the Hub as it stands, and a stand-in of the Hub on loopback."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import loopback_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError, OfflineModeIsEnabled

from synthrl.app.online import plainly
from synthrl.app.publish import manifest, upload

pytest.importorskip("matplotlib", reason="publish needs `pip install 'synthrl[report]'`")

REPO = "datasets/me/rules"
TINY = ["validation=3", "test=2", "heldout_phrasing=1", "--rows", "6", "--audit", "0"]
LOADED = """if True:
    import json, sys
    from datasets import load_dataset
    rows = load_dataset("me/rules", sys.argv[1], split="train")
    assert list(load_dataset("me/rules", sys.argv[1], split="train", streaming=True)) == list(rows)
    assert not any(name.partition(".")[0] == "synthrl" for name in sys.modules)
    print(json.dumps(rows.to_list()))"""


@pytest.fixture
def there():
    with loopback_hub.running() as there:
        yield there


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the tree is written: the first that publishes makes it, and the others find it."""
    return tmp_path_factory.mktemp("published") / "tree"


@pytest.fixture
def start(there, folder, tmp_path):
    """Start the command; returns what it came to, or with wait=False the process."""

    def run(*words, depth="1-2", token=loopback_hub.WRITER, wait=True, **options):
        command = [sys.executable, "-m", "synthrl.app.cli", "publish", "fiction_logic", f"depth={depth}", *TINY]
        command += ["kinds=rules", "--repo-id", "me/rules", "--output", str(folder), *words]
        env = {**os.environ, "HF_HOME": str(tmp_path / "hf"), **there.environment(token)}
        if not wait:
            return subprocess.Popen(command, env=env, **options)
        return subprocess.run(command, env=env, capture_output=True, text=True, **options)

    return run


def loaded(there, config, home):
    env = {**os.environ, "HF_HOME": str(home), **there.environment()}
    done = subprocess.run([sys.executable, "-c", LOADED, config], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def visible(folder):
    return {path: (folder / path).read_bytes() for path in manifest.visible(folder)}


@pytest.mark.slow
def test_what_is_written_is_sent_once_and_loads_from_there(there, start, folder, tmp_path):
    done = start("--private")
    assert done.returncode == 0, done.stderr[-2000:]
    assert there.repos[REPO] == visible(folder) and there.private == {REPO}
    assert "dataset me/rules (new, private)" in done.stdout and "rows     24" in done.stdout
    assert there.uploads == there.verified > 8 and len(there.commits) == 1
    assert "hf_stand_in" not in str(there.repos)

    rows = loaded(there, "rules_2", tmp_path / "other")
    import pyarrow.parquet as pq

    assert rows == pq.read_table(folder / "rules_2/train-00000-of-00001.parquet").to_pylist()

    before = there.received
    again = start()
    assert again.returncode == 0 and "all of it was there, and no commit made" in again.stdout
    assert (there.received, len(there.commits)) == (before, 1) and "to send  0" in again.stdout

    there.repos[REPO]["notes.md"] = b"somebody's own"
    other = start(depth="2-3")
    assert other.returncode == 0 and "removed  4 of what was published there before" in other.stdout
    assert "left as they are  notes.md" in other.stdout
    assert there.repos[REPO] == {**visible(folder), "notes.md": b"somebody's own"}
    repo, changed = there.commits[1]
    assert len(there.commits) == 2 and {path.split("/")[0] for path in changed} >= {"rules_1", "rules_3", "README.md"}
    assert not [path for path in changed if path.startswith("rules_2/")]  # as it was


@pytest.mark.parametrize(
    ("token", "says"),
    [
        ("hf_wrong", "the Hub does not know this token"),
        (loopback_hub.READER, "may read and not write"),
        (loopback_hub.NARROW, "me/rules: this token may not write there"),
        ("", "there is no token for the Hub"),
    ],
)
def test_a_token_that_may_not_is_told_in_a_line(there, start, token, says):
    done = start(token=token)
    last = [line for line in done.stderr.splitlines() if line.startswith("synthrl: ")]
    assert done.returncode == 2 and len(last) == 1 and says in last[0] and "Traceback" not in done.stderr
    assert there.repos == {}


@pytest.mark.parametrize(
    ("repos", "words", "says"),
    [
        ({"models/me/rules": {}}, (), "me/rules, a model, expected a dataset"),
        ({REPO: {"README.md": b"mine", "data.csv": b"1"}}, (), "with 1 files of something else (data.csv)"),
        ({REPO: {manifest.NAME: b'{"dataset": "fiction_kinship", "files": {}}'}}, (), "fiction_kinship is published"),
        ({REPO: {}}, ("--private",), "--private: me/rules is there and public"),
    ],
)
def test_what_somebody_has_there_is_left_alone(there, start, repos, words, says):
    there.repos |= {repo: dict(files) for repo, files in repos.items()}
    done = start(*words)
    assert done.returncode == 2 and says in done.stderr, done.stderr
    assert there.repos == repos and there.received == 0


def test_force_adds_to_it(there, start, folder):
    there.repos[REPO] = {"data.csv": b"1"}
    assert start("--force").returncode == 0
    assert there.repos[REPO] == {**visible(folder), "data.csv": b"1"}


@pytest.mark.parametrize(("said", "status"), [("y\n", 0), ("\n", 1)])
def test_on_a_terminal_it_asks(there, start, said, status):
    ours, its = pty.openpty()
    os.write(ours, said.encode())
    done = start(stdin=its)
    os.close(its)
    os.close(ours)
    assert done.returncode == status and "Publish it? [y/N]" in done.stdout
    assert (REPO in there.repos) == (status == 0)


def test_killed_while_it_sends_it_goes_on(there, start, folder):
    there.room = 40_000  # bytes; then the line is dead
    process = start(wait=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while there.received <= there.room:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    sent, there.room = there.uploads, None
    assert sent > 0 and not there.commits and there.repos == {REPO: {}}
    done = start()
    assert done.returncode == 0, done.stderr[-2000:]
    assert there.repos[REPO] == visible(folder) and len(there.commits) == 1
    assert there.uploads == len([path for path in visible(folder) if path.endswith(loopback_hub.LARGE)])  # none twice


@pytest.mark.slow
def test_a_line_that_breaks_is_told_and_the_same_command_goes_on(there, start, folder):
    there.room = 40_000
    done = start()
    last = [line for line in done.stderr.splitlines() if line.startswith("synthrl: ")]
    assert done.returncode == 2 and "goes on from here" in last[-1], done.stderr[-2000:]
    there.room = None
    assert start().returncode == 0 and there.repos[REPO] == visible(folder)


def test_a_first_upload_that_was_cut_off_between_commits_is_not_taken_for_somebody_elses(there, start, folder):
    """A large tree is sent in several commits, and the manifest may not be in the first."""
    if not (folder / manifest.NAME).is_file():
        assert start().returncode == 0
        there.repos.clear()
    there.repos[REPO] = {path: text for path, text in visible(folder).items() if path.startswith("rules_1/")}
    done = start()
    assert done.returncode == 0 and there.repos[REPO] == visible(folder), done.stderr[-2000:]


def test_a_folder_without_its_manifest_is_not_sent(tmp_path):
    with pytest.raises(ValueError, match="written to its end"):
        upload.push_folder(tmp_path, "me/rules")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (httpx.ConnectError("refused"), "the connection to the Hub broke ("),
        (LocalEntryNotFoundError("no"), "the connection to the Hub broke ("),
        (OfflineModeIsEnabled("HF_HUB_OFFLINE is set"), "HF_HUB_OFFLINE is set"),
        (json.JSONDecodeError("Expecting value", "<html>", 0), "does not answer as the Hub does"),
        (AttributeError("'list' object has no attribute 'get'"), "does not answer as the Hub does"),
        (KeyError("siblings"), "does not answer as the Hub does"),
        (RecursionError("maximum recursion depth exceeded"), "does not answer as the Hub does"),
        (httpx.InvalidURL("no port"), "the connection to the Hub broke ("),
    ],
)
def test_whatever_answers_is_told_in_a_line(error, says):
    """A network that is not there, a proxy, a page to sign in to."""
    with pytest.raises(OSError, match=re.escape(says)), plainly("me/rules"):
        raise error from Exception("below")  # as httpx has it, of another library


class Proxy(BaseHTTPRequestHandler):
    """Says the same to whatever is asked."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(self.server.says)

    do_HEAD = do_POST = do_GET

    def log_message(self, *args):
        pass


@pytest.mark.parametrize("says", [b"<html>Sign in</html>", b"[]", pytest.param(b"[" * 100_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("command", ["publish", pytest.param("generate", marks=pytest.mark.slow)])
def test_a_proxy_that_answers_for_the_hub_is_one_line_and_nothing_of_it_is_kept(says, command, tmp_path):
    """A list where the client expects an object, for one: it keeps that for a day, and each later call would fail."""
    words = {
        "publish": ["fiction_logic", "rules_2", *TINY, "--repo-id", "me/rules", "--output", str(tmp_path / "tree")],
        "generate": ["fiction_logic", "--rows", "20", "--output", "hf://datasets/me/rules"],
    }[command]
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        proxy.says = says
        threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
        told = {"HF_ENDPOINT": f"http://127.0.0.1:{proxy.server_port}", "HF_TOKEN": "hf_x", "HF_HUB_OFFLINE": "0"}
        env = {**os.environ, **told, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_DISABLE_XET": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "synthrl.app.cli", command, *words], env=env, capture_output=True, text=True
        )
        proxy.shutdown()
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr[-2000:]
    assert "does not answer as the Hub does" in done.stderr
    assert not [path for path in (tmp_path / "hf").rglob("*") if path.is_file()]


def test_the_manifest_that_is_there_is_not_kept_in_the_cache(there, start, tmp_path):
    """Whatever a proxy made of it would stay."""
    there.repos[REPO] = {manifest.NAME: b"<html>Sign in</html>"}
    done = start()
    assert done.returncode == 2 and "files of something else (synthrl.json)" in done.stderr
    assert not [path for path in (tmp_path / "hf").rglob("*") if path.is_file() and b"Sign in" in path.read_bytes()]


def test_no_network_is_told_in_a_line(start, there):
    there.shutdown()
    there.server_close()
    done = start()
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert "me/rules: the connection to the Hub broke (ConnectError)" in done.stderr
