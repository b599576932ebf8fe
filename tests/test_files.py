"""Files that are there when they are whole, and what is said of their size."""

import pytest

from synthrl import files


def test_nothing_is_there_of_what_could_not_be_written_to_its_end(tmp_path):
    path = tmp_path / "new" / "table.csv"
    with pytest.raises(ZeroDivisionError), files.whole(path) as part:
        part.write_text("half of it")
        _ = 1 / 0
    assert list(path.parent.iterdir()) == []


def test_a_file_is_replaced_when_the_next_one_is_whole(tmp_path):
    path = tmp_path / "table.csv"
    files.write(path, "one")
    with files.whole(path) as part:
        part.write_text("two")
        assert path.read_text() == "one"
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("table.csv", "two")]


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_500, "1.5 kB"), (362_948_816, "363 MB"), (3e12, "3.0 TB"), (3e15, "3,000.0 TB")],
)  # fmt: skip
def test_sizes_are_told_shortly(number, said):
    assert files.size(number) == said
