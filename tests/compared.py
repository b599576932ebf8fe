"""What tests of `synthrl report --base --trained` share: evaluations of invented rows.

Files are laid out as lighteval 0.13 leaves them; tests/test_lighteval_*.py run lighteval itself.
"""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from synthrl.answers import SCORING_VERSION
from synthrl.app.compare import read, table

HOTPOT, CLOSED = "synthrl_hotpotqa_500", "synthrl_hotpotqa_closed_500"
DEEP = [f"synthrl_fiction_multihop_hops_{hops}" for hops in (2, 3)]
ASKED = {"temperature": 0.0, "system_prompt": "Answer.", "max_samples": None, "scoring_version": SCORING_VERSION}


def row(name: str, right: float = 0, parsed: float = 1, said: str = "", **more) -> dict:
    """A row's details. `more`: of `specific`, and figures."""
    own = {"id": name, "hops": 2, "kind": "chain", "level": "", "answer": "Velmo", "scorer": "f1:hotpotqa"}
    own |= {key: more.pop(key) for key in list(more) if key in own}
    asked = {"id": own["id"], "question": more.pop("question", f"Where is {own['id']}?")}
    rule = {"exact_match": right, "f1": right, "parsed": parsed, "truncated": 0.0}
    rule |= {"exact_match_strict": right, "f1_strict": right, "parsed_strict": parsed}
    return {
        "doc": {"query": "?", "specific": {**own, "row": json.dumps(asked)}, "generation_size": 2048},
        "metric": {**rule, **more},
        "model_response": {"text": [said or f"<answer>{right}</answer>"], "output_tokens": [[1, 2]]},
    }


def rows(rights: list[float], parsed: list[float] | None = None, task: str = "hotpotqa", **more) -> list[dict]:
    parsed = parsed or [1] * len(rights)
    return [row(f"{task}-{i}", *each, **more) for i, each in enumerate(zip(rights, parsed, strict=True))]


def make(
    home: Path, tasks: dict[str, list[dict]], date: str = "2026-01-02T03-04-05.678", model: str = "models/m", **settings
):
    """A folder as `synthrl eval` leaves it."""
    for name, some in tasks.items():
        place = home / "details" / model / date
        place.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(some), place / f"details_{name}|0_{date}.parquet")
    asked = {"model": f"/models/{home.name}", "weights": f"sha256:{home.name}", **ASKED, **settings}
    finished = {name: {"rows": len(some)} for name, some in tasks.items()}
    (home / "eval.json").write_text(json.dumps({"settings": asked, "finished": finished}))
    return home


def pair_of(tmp_path: Path, base: dict, trained: dict, **settings) -> list[read.Evaluation]:
    folders = [make(tmp_path / "base", base), make(tmp_path / "mine", trained, **settings)]
    return read.read_all([str(folder) for folder in folders])


def built(*found: read.Evaluation) -> table.Table:
    return table.build(found[0], found[1:])


def own_rows(hops: int, right: list[float], **more) -> list[dict]:
    return [row(f"fiction_multihop-1.0.0/hops_{hops}/test/{i}", r, hops=hops, **more) for i, r in enumerate(right)]
