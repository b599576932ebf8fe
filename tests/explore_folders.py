"""What tests of `synthrl explore` look at: a row, and folders as our recipes and `synthrl profile` write them."""

import json
import os
from pathlib import Path

import pandas
import pyarrow
import pyarrow.parquet as pq

from synthrl.app import hub, profile
from synthrl.app.explore import choose
from synthrl.synthesis import rates
from synthrl.synthesis.reply import OK, Reply

HOSTILE = "<script>document.title = 'taken over'</script><img src=x onerror=\"document.title = 'taken over'\"> \u202e"


def shown(name, *, depth="", kind="", more="", number=0, split="train", config=None):
    return choose.shown(choose.Asked(name, config, depth, kind, 0, more, split, number))


def _rows(count):
    builder = hub.open_reader("fiction_multihop", None, hops="2-3", kinds=["chain", "comparison"])
    return list(builder.rows("validation", 0, count))


def write_run(folder: Path, finished: bool = True, count: int = 20) -> Path:
    """A run that gets better, of rows that are in the dataset; the first row's completion is hostile."""
    for look, steps in (("watch", (0, 20, 40)), ("final", (0, 40))):
        (folder / look).mkdir(parents=True)
        for step in steps:
            table = pandas.DataFrame(
                [_line(row, i, step, mode) for mode in ("greedy", "sampled") for i, row in enumerate(_rows(count))]
            )
            table.to_parquet(folder / look / f"step_{step:06}.parquet")
    (folder / "completions").mkdir()
    turns = [[{"role": "assistant", "content": "<answer>Ada</answer>"}], []]
    asked = [[{"role": "user", "content": "Who?"}]] * 2
    paid = {"answer_reward": [1.0, 0.0], "format_ok": [0.5, 0.0], "advantage": [1.0, -1.0]}
    trained = pandas.DataFrame({"step": 1, "prompt": asked, "completion": turns, **paid})
    trained.to_parquet(folder / "completions" / "completions_00001.parquet")
    told = {"recipe": "grpo", "settings": {"max_steps": 40}, **({"finished": 40} if finished else {})}
    (folder / "run.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "log.jsonl").write_text('{"step": 40, "loss": 0.1}\n', encoding="utf-8")
    return folder


def _line(row, i, step, mode):
    """In turn: what is right from step 20 on, from step 40 on, partly right, no answer, and wrong."""
    kind = "right" if i % 5 * 20 < step else ("wrong", "wrong", "partly", "none", "wrong")[i % 5]
    f1 = {"right": 1.0, "partly": 0.5}.get(kind, 0.0)
    said = f"{HOSTILE} {mode.upper()} {row['id']}" + f" <answer>{row['answer']}</answer>" * (kind == "right")
    return {
        "id": row["id"],
        "set": "fiction_multihop/validation",
        **{name: row[name] for name in ("hops", "kind", "question", "answer")},
        "completion": said,
        "exact_match": float(kind == "right"),
        "f1": f1,
        "parsed": kind != "none",
        "reached": [True],
        "mode": mode,
        "sample": 0,
        "tokens": 12,
        "truncated": False,
    }


def write_profile(folder: Path, count: int = 24) -> Path:
    (folder / "data").mkdir(parents=True)

    def measured(i, row):
        said = [row["solution"] if sample < i % 5 else f"{HOSTILE} I do not know." for sample in range(4)]
        replies = [Reply(OK, text, 40, 10, "toy") for text in said]
        return rates.measured(row, row["prompt"], replies, "toy", None, {"temperature": 1.0})

    profile.write((measured(i, row) for i, row in enumerate(_rows(count))), folder / profile.table("validation"))
    about = {"data": "fiction_multihop-hops=2-3", "model": "toy"}
    (folder / "profile.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def _replaced(make):
    def spoil(path: Path) -> None:
        path.unlink()
        make(path)

    return spoil


def _of_columns(change):
    def spoil(path: Path) -> None:
        pq.write_table(change(pq.read_table(path).replace_schema_metadata(None)), path)

    return spoil


# What a file may be instead of a table of ours, none of which can be read.
SPOILT = {
    "half of it": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "its middle overwritten": lambda path: path.write_bytes(path.read_bytes().replace(b"completion", b"\xff" * 10)),
    "nothing": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("id,completion\n"),
    "a pipe": _replaced(os.mkfifo),  # a reader would wait for it
    "a device": _replaced(lambda path: path.symlink_to("/dev/zero")),
    "a circle": _replaced(lambda path: path.symlink_to(path.name)),
    "a folder": _replaced(Path.mkdir),
    "a link to nowhere": _replaced(lambda path: path.symlink_to("nowhere")),
    "a column twice": _of_columns(lambda table: table.append_column(table.field(0), table.column(0))),
}


def put(path: Path, column: str, values) -> None:
    """Another column in its place; a value stands for each row."""
    found = pq.read_table(path).replace_schema_metadata(None)
    at = found.schema.get_field_index(column)
    if values == "dictionary":
        made = found.column(column).dictionary_encode()
    else:
        made = pyarrow.array([values] * found.num_rows)
    pq.write_table(found.set_column(at, column, made), path)
