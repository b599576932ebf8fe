"""`synthrl export`: files that are whole, however many rows they have and whatever comes in between."""

import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exports import FORMATS, made, records, run

from synthrl.app import export, rows
from synthrl.app.export import verl


def endless(row, count):
    return rows.Source("made", "train", count, lambda: ({**row, "id": str(i)} for i in range(count)))


@pytest.mark.parametrize("format", FORMATS)
def test_memory_does_not_grow_with_the_rows(format, tmp_path):
    row, pool, peaks = made(count=1)[0], pa.default_memory_pool(), []
    for count in (1500, 4500):
        tracemalloc.start()
        before = pool.bytes_allocated()
        export.part(endless(row, count), "made", export.SHAPES[format], tmp_path, None, False)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert pool.bytes_allocated() - before < 1 << 20
    assert peaks[1] < peaks[0] + (1 << 20)
    assert len(records(tmp_path, format)) == 4500


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_is_whole_or_as_it_was(format, tmp_path):
    def broken():
        yield from made(count=3)
        raise KeyboardInterrupt

    shape = export.SHAPES[format]
    cut = rows.Source("made", "train", 9, broken)
    with pytest.raises(KeyboardInterrupt):
        export.part(cut, "made", shape, tmp_path, None, False)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    export.part(endless(made(count=1)[0], 2), "made", shape, tmp_path, None, False)
    with pytest.raises(KeyboardInterrupt):
        export.part(cut, "made", shape, tmp_path, None, False)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert len(records(tmp_path, format)) == 2


def test_parquet_comes_in_groups(tmp_path):
    export.part(endless(made(count=1)[0], verl.GROUP + 5), "made", verl.SHAPE, tmp_path, None, False)
    assert pq.ParquetFile(tmp_path / "train.parquet").num_row_groups == 2


def test_again_it_writes_the_same(tmp_path):
    def written():
        assert run(tmp_path, "train=5") == 0
        return {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    assert written() == written()
