"""Worlds as graphs in `synthrl explore`."""

import json
import re

import pytest
from explore_folders import shown

from synthrl.app.explore import graph, worlds


def test_meta_of_rows_names_the_worlds_that_are_drawn():
    for name, key in (("fiction_multihop", "world"), ("fiction_kinship", "family")):
        assert key in json.loads(shown(name).row["meta"])


def test_the_graph_is_of_the_world_that_the_row_speaks_of():
    found = shown("fiction_multihop", depth="4", kind="chain", number=9)
    drawn, row = found.world.graph, found.row
    names = {node.key: node.text for node in drawn.nodes}
    proof = sorted((edge for edge in drawn.edges if edge.step), key=lambda edge: edge.step)
    assert [edge.step for edge in proof] == [1, 2, 3, 4]
    for edge, step in zip(proof, row["steps"], strict=True):
        assert names[edge.source] == step["title"]
        assert step["answer"] in (names[edge.source], names[edge.target])
    assert {node.text for node in drawn.nodes if node.role == "answer"} == {names[0] for names in row["answers"]}
    titles = set(row["context"]["title"])
    for edge in drawn.edges:  # what is grey is told too
        assert names[edge.source] in titles


def test_what_an_unanswerable_row_lacks_is_marked():
    edges = shown("fiction_multihop", depth="3", more="unanswerable=1.0").world.graph.edges
    assert [edge.step for edge in edges if edge.missing]
    assert "sx-missing" in graph.figure(shown("fiction_multihop", depth="3", more="unanswerable=1.0").world.graph)


def test_a_family_is_drawn_as_it_is():
    found = shown("fiction_kinship", depth="3", kind="relation", number=2)
    nodes = {node.key: node for node in found.world.graph.nodes}
    for edge in found.world.graph.edges:
        assert (
            nodes[edge.source].layer == nodes[edge.target].layer - 1
        )  # couples below their people, children below both
    asked = {node.text for node in nodes.values() if node.role == "start"}
    assert len(asked) == 2 and all(name in found.row["question"] for name in asked)
    numbers = {edge.step for edge in found.world.graph.edges} - {0}
    assert numbers and max(numbers) <= len(found.row["steps"])


def test_quantities_stand_below_what_they_follow_from():
    for number in range(8):
        found = shown("fiction_arithmetic", depth="6", more="direction=both distractors=0.5", number=number)
        nodes = {node.key: node for node in found.world.graph.nodes}
        for edge in found.world.graph.edges:
            if edge.step:
                assert nodes[edge.source].layer < nodes[edge.target].layer
        (answer,) = [node for node in nodes.values() if node.role == "answer"]
        assert answer.note == f"= {found.row['answer']}"
        text = " ".join(sum(found.row["context"]["sentences"], []))
        for node in nodes.values():
            if node.role == "start":
                assert node.note.removeprefix("told: ") in text


@pytest.mark.parametrize("columns", [graph.NARROW, graph.WIDE])
@pytest.mark.parametrize("name", worlds.DRAWN)
def test_no_two_boxes_share_a_place(name, columns):
    for number in range(10):
        drawn = graph.fitting(shown(name, number=number).world.graph, columns)
        at = graph.places(drawn, columns)
        assert len(at) == len(drawn.nodes)
        for one in drawn.nodes:
            for other in drawn.nodes:
                a, b = at[one.key], at[other.key]
                apart = abs(a.x - b.x) >= (a.width + b.width) / 2 or a.y >= b.y + b.height or b.y >= a.y + a.height
                assert one is other or apart
        steps = {edge.step for edge in shown(name, number=number).world.graph.edges} - {0}
        assert {edge.step for edge in drawn.edges} - {0} == steps  # the proof is never what is left out


@pytest.mark.parametrize("columns", [graph.NARROW, graph.WIDE])
@pytest.mark.parametrize("name", worlds.DRAWN)
def test_a_drawing_begins_with_the_proof(name, columns):
    for number in range(6):
        drawn = graph.fitting(shown(name, number=number).world.graph, columns)
        at = graph.places(drawn, columns)
        assert min(at[node.key].y for node in drawn.nodes if node.role) == min(place.y for place in at.values())


def curves(svg):
    """The lines of a drawing, the proof's last: each the places it passes."""
    for line in re.findall(r'sx-line" d="M([^"]*)"', svg):
        start, _, turns = line.partition("C")
        (x, y), numbers = map(float, start.split()), map(float, turns.split())
        spots = []
        for a, b, c, d, e, f in zip(*[numbers] * 6, strict=True):
            piece = graph.Piece((x, a, c, e), (y, b, d, f))
            spots += [piece.at(i / 32) for i in range(33)]
            x, y = e, f
        yield spots


@pytest.mark.parametrize("columns", [graph.NARROW, graph.WIDE])
@pytest.mark.parametrize(("name", "depth"), [(name, "" if name == "fiction_kinship" else "6") for name in worlds.DRAWN])
def test_no_line_of_the_proof_runs_behind_a_box(name, depth, columns):
    for number in range(8):
        world = shown(name, depth=depth, number=number).world.graph
        drawn = graph.fitting(world, columns)
        at = graph.places(drawn, columns)
        edges = sorted(drawn.edges, key=lambda edge: edge.step > 0)
        for edge, spots in zip(edges, curves(graph.svg(world, columns)), strict=True):
            for key, box in at.items():
                if edge.step and key not in (edge.source, edge.target):
                    across = [abs(x - box.x) < box.width / 2 and box.y < y < box.y + box.height for x, y in spots]
                    assert not any(across), (number, edge)


def test_two_lines_past_the_same_box_stand_apart():
    nodes = [graph.Node(f"{layer}", "a", layer, role="proof") for layer in range(3)]
    edges = [graph.Edge("0", "2", "x", 1), graph.Edge("2", "0", "y", 2)]
    one, other = curves(graph.svg(graph.Graph(nodes, edges, ""), 2))
    beside = [{x for x, _ in spots[36:60]} for spots in (one, other)]
    assert [len(xs) for xs in beside] == [1, 1] and beside[0] != beside[1]


def test_a_drawing_is_said_in_words_too_and_fetches_nothing():
    page = graph.figure(shown("fiction_multihop", depth="3").world.graph)
    assert page.count('role="img" aria-label="') == 2 and "<li>1. " in page and "(not needed)" in page
    assert not re.search(r"(?:src|href|url\()", page)
