"""A task to start from, and a look at the rows of one: `synthrl task new my_task`, `synthrl task preview my_task.yaml`."""

from typing import Any

from .builder import VERSION
from .file import read
from .worker import Worker

_EXAMPLE = """\
# A task of your own. Try it:  synthrl task check {name}.yaml
#                              synthrl task preview {name}.yaml
# and train on it:             load_dataset("synthrl/templated_task", task="./{name}.yaml")
# The card of templated_task has an example of every function, of yes or no, and of multiple choice.

name: {name}
subject: own
description: How much money is left after a purchase.       # one line: what the task is
input_format: A short story with two prices and an amount.  # what is given
output_format: A whole number of dollars.                   # what is asked for
answer_type: integer  # integer, number (fractions too), text, or names (a list of texts)
scorer: number        # number, math (LaTeX), set (names, or any other text, as 9:40), choice (distractors or options),
                      # label (labels: ["yes", "no"])

# A range "2-9", steps "10-90 by 5", a list of choices, a constant 7, a name that nobody bears (person, company, maker,
# school, club, festival, work; place and substance may come twice), or several: "4 person", "3 of 2-9",
# "2 different of red | blue", "5 different of 0-4" (an order). No floats: "0.5" in quotes, and number(share) below.
variables:
  buyer: person
  thing: [lamp, chair, clock]
  price: 5-40
  count: 2-6
  extra: 3-30
  left: 1-50

# What each level changes. All three must be there; {{}} changes nothing.
levels:
  easy: {{price: 2-20}}
  medium: {{}}
  hard: {{price: 31-190, count: 5-29, extra: 11-90}}

# Worked out in this order. Whole numbers stay whole and a quotient is an exact fraction. Functions: abs both ceil comb dot
# factorial floor gcd isqrt lcm len max min number over pick plus radical running same sorted sum zip. Filters: a commas
# decimal fixed given listed money ordinal percent plural round, and those of Jinja. These are Jinja's expressions, without
# loops: [x for x in …] is none; use pick, over, same, or zip(order, people)|sort for another order of people.
derived:
  spent: price * count + extra
  had: spent + left

# Only draws for which all of these hold become rows.
constraints:
  - price != extra

# Three or more ways to say the same, all with the same variables. The last one is kept for the split heldout_phrasing.
# What only one level has goes into each of them: {{% if extra > 30 %}} …{{% endif %}}, its space inside. 1 lamp, 2 lamps:
# {{{{ count|plural(thing) }}}}. With loops: {{% for p in people %}}{{{{ p }}}}.{{{{ " " if not loop.last }}}}{{% endfor %}}
templates:
  - >-
    {{{{ buyer }}}} has ${{{{ had }}}} and buys {{{{ count }}}} {{{{ thing }}}}s at ${{{{ price }}}} each. Having them delivered costs
    ${{{{ extra }}}}. How many dollars are left?
  - >-
    A {{{{ thing }}}} costs ${{{{ price }}}}, and a delivery ${{{{ extra }}}}. How many of the ${{{{ had }}}} of {{{{ buyer }}}} remain after
    {{{{ count }}}} {{{{ thing }}}}s and one delivery are paid?
  - >-
    How much does {{{{ buyer }}}} keep, in dollars, who had ${{{{ had }}}} and paid for {{{{ count }}}} {{{{ thing }}}}s (${{{{ price }}}} each)
    and for one delivery (${{{{ extra }}}})?

answer: had - spent

# Step by step. The number of steps is the row's `hops`. `when: an expression` leaves a step out where it does not hold.
# Each step's answer stands word for word in its work. `answer` is no name here: what you need is named under derived.
solution:
  - ask: What do the {{{{ thing }}}}s cost?
    work: "The {{{{ thing }}}}s cost {{{{ count }}}} × ${{{{ price }}}} = ${{{{ count * price }}}}."
    answer: "${{{{ count * price }}}}"
  - ask: What is spent in all?
    work: "In all ${{{{ count * price }}}} + ${{{{ extra }}}} = ${{{{ spent }}}} are spent."
    answer: "${{{{ spent }}}}"
  - ask: How much is left?
    work: "Left are ${{{{ had }}}} − ${{{{ spent }}}} = ${{{{ left }}}}."
    answer: "${{{{ left }}}}"

# Optional, and worth it: without it no answer is proven. Find the numbers in the question, whatever its phrasing, and get
# to the answer another way. Each regular expression finds one value; {{all: '…'}} a list, also an empty one. Numbers with
# commas: [\\d,]+. The answer prints what is right, each followed by ";", and no more: here every n that it could be is tried.
check:
  read:
    had: 'has \\$(\\d+)|the \\$(\\d+)|had \\$(\\d+)'
    count: 'buys (\\d+)|after\\s(\\d+)|for (\\d+)'
    price: 'at \\$(\\d+)|costs \\$(\\d+),|\\(\\$(\\d+) each'
    extra: 'delivered costs\\s\\$(\\d+)|delivery \\$(\\d+)|delivery \\(\\$(\\d+)'
  answer: "{{% for n in range(had) if n + extra + count * price == had %}}{{{{ n }}}};{{% endfor %}}"
"""


def new(name: str) -> str:
    """The text of a task that works, with a comment on everything."""
    if not name.isidentifier():
        raise ValueError(f"name: got {name!r}, expected letters, digits and underscores")
    return _EXAMPLE.format(name=name)


def preview(path: str, n: int = 3) -> list[dict[str, Any]]:
    """`n` rows of each level of the file, the last one of each in the phrasing that is held out."""
    text = read(path)
    rows: list[dict[str, Any]] = []
    for level in ("easy", "medium", "hard"):
        worker = Worker(text, path, level)
        prefix = f"templated_task-{VERSION}/{level}"
        rows += worker.rows("train", 0, n - 1, f"{prefix}/train")
        rows += worker.rows("heldout_phrasing", 0, 1, f"{prefix}/heldout_phrasing")
    return rows
