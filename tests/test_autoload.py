"""`synthrl autoload`: opt-in, nearly free, and gone without a trace."""

import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from synthrl.app import autoload

LOADS = """if True:
    from datasets import load_dataset
    sizes = {"train": 3, "validation": 1, "test": 1, "heldout_phrasing": 1}
    print(load_dataset("synthrl/fiction_multihop", hops=4, **sizes, split="train").num_rows)"""


class Environment:
    """A virtual environment that sees the packages of this one, synthrl among them."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder / "env", with_pip=False, symlinks=True)
        self.python = folder / "env" / "bin" / "python"
        self.site = Path(self.run("import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())
        self.parent = self.site / "parent.pth"
        self.parent.write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
        self.env = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(folder / "cache")}

    def run(self, code: str) -> subprocess.CompletedProcess:
        env = {**os.environ, **getattr(self, "env", {})}
        return subprocess.run([self.python, "-c", code], capture_output=True, text=True, env=env)

    def autoload(self, action: str) -> str:
        run = self.run(f"from synthrl.app import cli; raise SystemExit(cli.main(['autoload', {action!r}]))")
        assert run.returncode == 0, run.stderr
        return run.stdout

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.site)) for path in self.site.rglob("*"))

    def modules(self) -> set[str]:
        return set(self.run("import sys; print(*sys.modules)").stdout.split())


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("autoload"))


def test_enable_then_disable(environment):
    bare = environment.files()
    before = environment.modules()
    assert "disabled" in environment.autoload("status")
    assert environment.run(LOADS).returncode != 0

    assert "enabled" in environment.autoload("enable")
    assert "enabled" in environment.autoload("enable")  # twice is fine
    run = environment.run(LOADS)
    assert run.stdout == "3\n", run.stderr
    assert environment.modules() - before == {"_synthrl_autoload"}  # all that a start of Python pays
    run = environment.run(f"import synthrl\n{LOADS}")  # both watch then, and neither waits for the other
    assert run.stdout == "3\n", run.stderr

    assert "disabled" in environment.autoload("disable")
    assert "disabled" in environment.autoload("disable")
    left = [file for file in environment.files() if file not in [*bare, "__pycache__"]]
    assert left == []


def test_python_works_when_synthrl_is_uninstalled_before_disabling(environment):
    environment.autoload("enable")
    environment.parent.rename(environment.site / "parent.off")  # no synthrl any more
    (environment.site / "datasets").mkdir()
    (environment.site / "datasets" / "__init__.py").write_text("from . import inspect")
    (environment.site / "datasets" / "inspect.py").write_text("")
    environment.env["PYTHONPATH"] = ""
    run = environment.run("import datasets.inspect; print('fine')")
    assert (run.stdout, run.stderr) == ("fine\n", "")


def test_status_tells_an_older_copy(tmp_path):
    autoload.enable(tmp_path)
    module, _ = autoload.files(tmp_path)
    module.write_text("def watch(): pass\n")
    assert "another version" in autoload.status(tmp_path)


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    autoload.enable(tmp_path)
    monkeypatch.setattr(autoload, "SOURCE", "new")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    before = {path: path.read_text() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match="No space left"):
        autoload.enable(tmp_path)
    assert {path: path.read_text() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("action", [autoload.enable, autoload.disable])
def test_a_site_that_cannot_be_written_is_said(action, tmp_path):
    site = tmp_path / "site"
    site.write_text("a file where the folder should be")
    with pytest.raises(ValueError, match="cannot change .*site .*virtual environment"):
        action(site)
