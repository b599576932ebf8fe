"""Score: what every judge says of one answer."""

from typing import NamedTuple


class Score(NamedTuple):
    exact_match: float
    f1: float  # what a reward pays; where there is nothing between right and wrong, the same as exact_match
    precision: float
    recall: float
    parsed: bool = True  # was there an answer, of the form that the question wants?
    answer: str = ""  # the answer that was judged


def all_or_nothing(right: bool, parsed: bool = True, answer: str = "") -> Score:
    share = float(right)
    return Score(share, share, share, share, parsed, answer)


WRONG = all_or_nothing(False)
