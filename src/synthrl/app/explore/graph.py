"""A row's world as a picture: what it is made of, and how it is drawn.

Drawn from top to bottom in rows, so that what the proof starts from stands above what it finds. Once for wide screens
and once for phones: the page's style shows one of the two.
"""

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from synthrl.app.explore.html import HUES, escape

WIDE, NARROW = 6, 2  # boxes beside each other
_BOX, _GAP, _LINE, _BETWEEN, _MARGIN = 164, 22, 16, 62, 10  # pixels
_LETTERS, _LINES = 20, 4  # of a box's text
_JOINT = 16  # a couple's box: a mark and no text


class Node(NamedTuple):
    key: str
    text: str
    layer: int  # from the top
    note: str = ""
    role: str = ""  # "start", "answer", "proof", or "" for what is no part of the proof


class Edge(NamedTuple):
    source: str
    target: str
    text: str
    step: int = 0  # its number in the proof; 0: it is none of it
    missing: bool = False  # true in the world, and left out of the text


class Graph(NamedTuple):
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    about: str


class World(NamedTuple):
    """What only the world behind a row can tell."""

    graph: Graph
    steps: list[list[int]]  # of each supporting fact, those that rest on it


class Place(NamedTuple):
    x: float  # the middle of its upper edge
    y: float
    width: float
    height: float


Box = tuple[float, float, float, float]  # its middle, its width and height
Spot = tuple[float, float]
Four = tuple[float, float, float, float]


class Piece(NamedTuple):
    """A cubic curve."""

    xs: Four
    ys: Four

    def at(self, share: float) -> Spot:
        return _on_curve(share, *self.xs), _on_curve(share, *self.ys)


def _lines(node: Node) -> list[str]:
    lines = textwrap.wrap(node.text, _LETTERS) or [""]
    return lines if len(lines) <= _LINES else [*lines[: _LINES - 1], f"{lines[_LINES - 1][: _LETTERS - 1]}…"]


def _size(node: Node) -> tuple[float, float]:
    if not node.text:
        return _JOINT, _JOINT
    return _BOX, 14 + _LINE * len(_lines(node)) + (14 if node.note else 0)


def fitting(graph: Graph, columns: int) -> Graph:
    """The proof, and of the rest as much as there is room for beside it: one row of boxes a layer, short links.

    Nothing stands above the proof, which would begin below the edge of a screen.
    """
    top = min([node.layer for node in graph.nodes if node.role], default=0)
    room = {layer: columns - kept(graph, columns) if layer >= top else 0 for layer in {n.layer for n in graph.nodes}}
    layer = {node.key: node.layer for node in graph.nodes}
    inside = {node.key for node in graph.nodes if node.role}
    edges = [edge for edge in graph.edges if edge.step]
    for edge in graph.edges:
        new = {key for key in (edge.source, edge.target) if key not in inside}
        short = abs(layer[edge.source] - layer[edge.target]) == 1
        if (
            not edge.step
            and short
            and all(room[layer[key]] >= sum(layer[key] == layer[other] for other in new) for key in new)
        ):
            inside |= new
            edges.append(edge)
            for key in new:
                room[layer[key]] -= 1
    return graph._replace(nodes=[node for node in graph.nodes if node.key in inside], edges=edges)


def kept(graph: Graph, columns: int) -> int:
    """The columns that the proof keeps to itself: as many as its widest layer has nodes."""
    widest: dict[int, int] = defaultdict(int)
    for node in graph.nodes:
        widest[node.layer] += bool(node.role)
    return min(columns, max(widest.values(), default=0))


def places(graph: Graph, columns: int) -> dict[str, Place]:
    """Where each node is drawn, each below those it hangs on where that place is free."""
    ours = kept(graph, columns)
    near: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        near[edge.source].append(edge.target)
        near[edge.target].append(edge.source)
    column: dict[str, int] = {}
    found: dict[str, Place] = {}
    y = float(_MARGIN)
    for layer in sorted({node.layer for node in graph.nodes}):
        nodes = [node for node in graph.nodes if node.layer == layer]
        proof, others = [n for n in nodes if n.role], [n for n in nodes if not n.role]
        rows = [proof[i : i + ours] for i in range(0, len(proof), ours or 1)] or [[]]
        for turn, row in enumerate(rows):
            column.update(_columns(row, near, column, range(ours)))
            if not turn:
                column.update(_columns(others, near, column, range(ours, columns)))
                row = [*row, *others]
            sizes = [_size(node) for node in row]
            for node, (width, height) in zip(row, sizes, strict=True):
                x = _MARGIN + column[node.key] * (_BOX + _GAP) + _BOX / 2
                found[node.key] = Place(x, y, width, height)
            y += max(height for _, height in sizes) + _BETWEEN
    return found


def _columns(
    row: Sequence[Node], near: dict[str, list[str]], column: dict[str, int], free: Iterable[int]
) -> dict[str, int]:
    """For each of a row the free column nearest to that of those above it."""
    left, found = list(free), {}
    for node in row:
        known = [column[key] for key in near[node.key] if key in column]
        wanted = sum(known) / len(known) if known else -1
        found[node.key] = min(left, key=lambda at: (abs(at - wanted), at))
        left.remove(found[node.key])
    return found


def svg(graph: Graph, columns: int) -> str:
    graph = fitting(graph, columns)
    at = places(graph, columns)
    width = max(place.x + place.width / 2 for place in at.values()) + _MARGIN + 6
    height = max(place.y + place.height for place in at.values()) + _MARGIN
    edges = sorted(graph.edges, key=lambda edge: edge.step > 0)  # the proof above the rest
    often = Counter(key for edge in edges for key in (edge.source, edge.target))
    lines, labels, taken = [], [], [(p.x, p.y + p.height / 2, p.width, p.height) for p in at.values()]
    rails: Counter[float] = Counter()
    for edge in reversed(edges):  # whose labels choose their places first
        line, spots = _edge(edge, at, often[edge.target] <= often[edge.source], rails)
        wide = len(edge.text) * 6.4 + (24 if edge.step else 0)
        x, y = next((spot for spot in spots if not any(_meet((*spot, wide, 18.0), box) for box in taken)), spots[0])
        taken.append((x, y, wide, 18.0))
        lines.append(line)
        labels.append(_label(edge, x, y))
    drawn = [*reversed(lines), *[_node(node, at[node.key]) for node in graph.nodes], *reversed(labels)]
    shape = f'viewBox="0 0 {width:.0f} {height:.0f}" style="max-width:{width:.0f}px"'
    return f'<svg {shape} role="img" aria-label="{escape(graph.about)}">{"".join(drawn)}</svg>'


def _meet(one: Box, other: Box) -> bool:
    return abs(one[0] - other[0]) < (one[2] + other[2]) / 2 and abs(one[1] - other[1]) < (one[3] + other[3]) / 2


def _node(node: Node, place: Place) -> str:
    x, y, width, height = place
    kind = f"sx-node sx-{node.role or 'decoy'}"
    if not node.text:
        return f'<circle class="{kind}" cx="{x:.0f}" cy="{y + height / 2:.0f}" r="{width / 2:.0f}"/>'
    box = f'<rect x="{x - width / 2:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="7"/>'
    lines = _lines(node)
    said = [f'<text x="{x:.0f}" y="{y + 20 + _LINE * i:.0f}">{escape(line)}</text>' for i, line in enumerate(lines)]
    if node.note:
        said.append(f'<text class="sx-note" x="{x:.0f}" y="{y + height - 8:.0f}">{escape(node.note)}</text>')
    return f'<g class="{kind}"><title>{escape(f"{node.text} {node.note}".strip())}</title>{box}{"".join(said)}</g>'


def _ends(source: Place, target: Place) -> tuple[float, float, float, float, bool]:
    """Where a line leaves one box and meets the other; whether it goes up or down, and not to the side."""
    if abs(source.y - target.y) < 1:
        side = 1 if target.x > source.x else -1
        return (
            source.x + side * source.width / 2,
            source.y + source.height / 2,
            target.x - side * target.width / 2,
            target.y + target.height / 2,
            False,
        )
    if source.y < target.y:
        return source.x, source.y + source.height, target.x, target.y, True
    return source.x, source.y, target.x, target.y + target.height, True


def _edge(edge: Edge, at: dict[str, Place], leaf: bool, rails: Counter[float]) -> tuple[str, list[Spot]]:
    """The line with its head, and where its label may stand, the best first: near the target if that is a leaf."""
    x1, y1, x2, y2, upright = _ends(at[edge.source], at[edge.target])
    if upright:
        pieces = _pieces((x1, y1), (x2, y2), at.values(), rails)
        near = min(0.5, _BETWEEN / 2 / abs(y2 - y1)) if len(pieces) == 1 else 0.5
        ends = [(pieces[0], near), (pieces[-1], 1 - near)]
        more = [(pieces[len(pieces) // 2], share) for share in (0.5, 0.35, 0.65, 0.25, 0.75)]
        spots = [piece.at(share) for piece, share in [*(reversed(ends) if leaf else ends), *more]]
        back = 7 if y2 > y1 else -7
        head = f"M{x2:.0f} {y2:.0f}l-4 {-back}h8z"
    else:
        pieces = [_piece((x1, y1), (x2, y2))]
        spots = [((x1 + x2) / 2, y1 - 12)]
        head = f"M{x2:.0f} {y2:.0f}l{-7 if x2 > x1 else 7} -4v8z"
    turns = " ".join([f"{x:.0f} {y:.0f}" for piece in pieces for x, y in zip(piece.xs[1:], piece.ys[1:], strict=True)])
    kind = f"sx-edge{_hue(edge) or ' sx-decoy'}{' sx-missing' if edge.missing else ''}"
    drawn = f'<path class="sx-line" d="M{x1:.0f} {y1:.0f}C{turns}"/><path class="sx-head" d="{head}"/>'
    return f'<g class="{kind}">{drawn}</g>', spots


def _piece(start: Spot, end: Spot) -> Piece:
    (x1, y1), (x2, y2) = start, end
    bend = (y2 - y1) / 2
    return Piece((x1, x1, x2, x2), (y1, y1 + bend, y2 - bend, y2))


def _pieces(start: Spot, end: Spot, boxes: Iterable[Place], rails: Counter[float]) -> list[Piece]:
    """One curve; or, where it would run behind a box in a row between, up or down between two columns."""
    low, high = sorted((start[1], end[1]))
    between = [box for box in boxes if low < box.y and box.y + box.height < high]
    curve = _piece(start, end)
    if not any(_meet((*curve.at(i / 32), 0, 0), _box(box)) for box in between for i in range(33)):
        return [curve]
    step = _BOX + _GAP
    column = max(1, round(((start[0] + end[0]) / 2 - _MARGIN + _GAP / 2) / step + 0.01))
    rail = _MARGIN + column * step - _GAP / 2
    rails[rail] += 1
    rail += (0, 6, -6)[(rails[rail] - 1) % 3]  # beside the one before
    top, bottom = min(box.y for box in between), max(box.y + box.height for box in between)
    turns = [(rail, top), (rail, bottom)] if start[1] < end[1] else [(rail, bottom), (rail, top)]
    return [_piece(start, turns[0]), _piece(*turns), _piece(turns[1], end)]


def _box(place: Place) -> Box:
    return place.x, place.y + place.height / 2, place.width + 4, place.height + 4


def _hue(edge: Edge) -> str:
    return f" sx-c{(edge.step - 1) % HUES + 1}" if edge.step else ""


def _on_curve(share: float, a: float, b: float, c: float, d: float) -> float:
    """A coordinate of a cubic curve."""
    rest = 1 - share
    return rest**3 * a + 3 * rest**2 * share * b + 3 * rest * share**2 * c + share**3 * d


def _label(edge: Edge, x: float, y: float) -> str:
    text = f'<text x="{x:.0f}" y="{y + 4:.0f}">{escape(edge.text)}</text>' if edge.text else ""
    if not edge.step:
        return f'<g class="sx-label sx-decoy">{text}</g>' if text else ""
    left = x - len(edge.text) * 3.2 - 14 if text else x
    badge = f'<circle cx="{left:.0f}" cy="{y:.0f}" r="9"/>'
    badge += f'<text class="sx-n" x="{left:.0f}" y="{y + 4:.0f}">{edge.step}</text>'
    return f'<g class="sx-label{_hue(edge)}">{text}{badge}</g>'


def listed(graph: Graph) -> str:
    """The same for those who do not see it, the proof first."""
    names = {node.key: " ".join([node.text, f"({node.note})" if node.note else ""]).strip() for node in graph.nodes}
    couples = {key for key, name in names.items() if not name}
    for key in couples:
        names[key] = " and ".join(names[edge.source] for edge in graph.edges if edge.target == key)
    edges = sorted(graph.edges, key=lambda edge: (not edge.step, edge.step))
    items = [
        f"<li>{f'{edge.step}. ' if edge.step else ''}{escape(names[edge.source])} "
        f"—{escape(edge.text or ('one of' if edge.target in couples else 'parents of'))}→ {escape(names[edge.target])}"
        f"{'' if edge.step else ' (not needed)'}{' (not told)' if edge.missing else ''}</li>"
        for edge in edges
    ]
    return f"<details><summary>The same as a list</summary><ul>{''.join(items)}</ul></details>"


def figure(graph: Graph) -> str:
    wide = max(WIDE, min(8, kept(graph, 99) + 2))
    more = "" if len(fitting(graph, wide).edges) == len(graph.edges) else " The list has more of those in grey."
    return (
        f'<figure class="sx sx-graph"><figcaption>{escape(graph.about + more)}</figcaption>'
        f'<div class="sx-wide">{svg(graph, wide)}</div><div class="sx-narrow">{svg(graph, NARROW)}</div>'
        f"{listed(graph)}</figure>"
    )
