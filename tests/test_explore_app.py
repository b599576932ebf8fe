"""`synthrl explore` as a command, and as a Space."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from synthrl.app.explore import choose


def test_without_gradio_one_line_names_the_extra():
    code = "import sys; sys.modules['gradio'] = None; from synthrl.app.cli import main; sys.exit(main(['explore']))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr == "synthrl: explore needs gradio: pip install 'synthrl[explore]'\n"


def test_the_space_holds_what_a_space_needs():
    space = Path(choose.__file__).parent / "space"
    assert {path.name for path in space.iterdir() if path.is_file()} == {"app.py", "README.md", "requirements.txt"}
    head = (space / "README.md").read_text(encoding="utf-8").split("---")[1]
    assert "sdk: gradio" in head and "app_file: app.py" in head
    constraints = (Path(__file__).parents[1] / "constraints.txt").read_text(encoding="utf-8")
    assert re.search(r"sdk_version: (\S+)", head)[1] == re.search(r"gradio==(\S+)", constraints)[1]


SERVED = """
import sys, time, urllib.error, urllib.request
asked = set()
sys.addaudithook(lambda event, args: asked.add(str(args[1])) if event == "socket.connect" else None)
from synthrl.app import explore
blocks = explore.app(folders=False)
blocks.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **explore.look())
page = urllib.request.urlopen(blocks.local_url + "config").read().decode()
try:
    print(urllib.request.urlopen(blocks.local_url + "gradio_api/file=" + sys.argv[1]).status)
except urllib.error.HTTPError as error:
    print(error.code)
time.sleep(2)
print("sx-text" in page, "sx-run" in page, "sx-profile" in page)
print(all(where.startswith("('127.0.0.1'") for where in asked))
"""


@pytest.mark.slow
def test_a_space_opens_no_folder_and_the_server_asks_nobody():
    pytest.importorskip("gradio", reason="needs the extra explore")
    ran = subprocess.run([sys.executable, "-c", SERVED, __file__], capture_output=True, text=True, timeout=120)
    assert ran.stdout.split() == ["403", "True", "False", "False", "True"], ran.stderr


@pytest.mark.parametrize("held", [True, False])
def test_a_port_that_cannot_be_is_one_line(refusal, held):
    pytest.importorskip("gradio", reason="needs the extra explore")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port, said = (other.getsockname()[1], "another process holds") if held else (99999, "at most 65535")
        assert f"--port: got {port}, " in (line := refusal(["explore", "--no-browser", "--port", str(port)]))
    assert said in line


@pytest.mark.parametrize("option", ["--run", "--profile"])
def test_a_folder_that_is_not_there_is_one_line_and_no_page(option, refusal, tmp_path):
    pytest.importorskip("gradio", reason="needs the extra explore")
    assert f"{option}: got '{tmp_path / 'no'}'" in refusal(["explore", "--no-browser", option, str(tmp_path / "no")])
