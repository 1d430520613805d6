"""Drawing of a small neighbourhood as SVG, without scripts: columns by distance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.ui.markup import join_html

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 168, 40, 56, 12, 8
LETTERS = 21
MOST = 12
"""Boxes drawn in one column; the rest is counted in a last box."""


@dataclass(frozen=True, slots=True)
class Node:
    """Node of the drawing. `column` is its signed distance: dependencies are negative, dependents
    positive.
    """

    id: str
    label: str
    column: int
    kind: str = ""
    url: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    target: str


def shorten(text: str, letters: int = LETTERS) -> str:
    """Shorten a name to its beginning and end, which tell items apart: `link-ren…lil-01`."""
    if len(text) <= letters:
        return text
    tail = letters // 3
    return f"{text[: letters - tail - 1]}…{text[-tail:]}"


def _columns(nodes: Iterable[Node]) -> dict[int, list[Node]]:
    columns: dict[int, list[Node]] = {}
    for node in nodes:
        columns.setdefault(node.column, []).append(node)
    shown: dict[int, list[Node]] = {}
    for column, members in sorted(columns.items()):
        if len(members) > MOST:
            rest = _("%(count)s more") % {"count": len(members) - MOST + 1}
            members = [*members[: MOST - 1], Node(f"more{column}", rest, column)]
        shown[column] = members
    return shown


def _places(columns: Mapping[int, Sequence[Node]]) -> tuple[dict[str, tuple[int, int]], int, int]:
    tallest = max((len(members) for members in columns.values()), default=0)
    height = 2 * MARGIN + tallest * (HEIGHT + GAP_Y) - GAP_Y
    places: dict[str, tuple[int, int]] = {}
    for place, members in enumerate(columns.values()):
        own = len(members) * (HEIGHT + GAP_Y) - GAP_Y
        top = (height - own) // 2
        for row, node in enumerate(members):
            x = MARGIN + place * (WIDTH + GAP_X)
            places[node.id] = (x, top + row * (HEIGHT + GAP_Y))
    width = 2 * MARGIN + len(columns) * (WIDTH + GAP_X) - GAP_X
    return places, max(width, 0), max(height, 0)


def _box(node: Node, x: int, y: int, *, here: bool) -> SafeString:
    flagged = (
        format_html(
            '<rect class="flag" x="{}" y="{}" width="4" height="{}" rx="2"></rect>',
            x + 5,
            y + 7,
            HEIGHT - 14,
        )
        if node.severity
        else SafeString("")
    )
    kind = (
        format_html('<text class="kind" x="{}" y="{}">{}</text>', x + 15, y + 32, node.kind)
        if node.kind
        else SafeString("")
    )
    drawn = format_html(
        "<g{}{}><title>{}</title>"
        '<rect class="box" x="{}" y="{}" width="{}" height="{}" rx="6"></rect>'
        '{}<text x="{}" y="{}">{}</text>{}</g>',
        format_html(' data-severity="{}"', node.severity) if node.severity else SafeString(""),
        SafeString(" data-here") if here else SafeString(""),
        node.label,
        x,
        y,
        WIDTH,
        HEIGHT,
        flagged,
        x + 15,
        y + (18 if node.kind else 24),
        shorten(node.label),
        kind,
    )
    return format_html('<a href="{}">{}</a>', node.url, drawn) if node.url else drawn


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    if end[0] < start[0]:
        start, end = end, start
    x1, y1, x2, y2 = start[0] + WIDTH, start[1] + HEIGHT // 2, end[0], end[1] + HEIGHT // 2
    if end[0] == start[0]:
        x2, bend = x1, GAP_X // 2
        return f"M{x1} {y1}C{x1 + bend} {y1} {x2 + bend} {y2} {x2} {y2}"
    middle = (x1 + x2) // 2
    return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"


def draw(nodes: Sequence[Node], edges: Iterable[Edge], *, here: str, label: str) -> SafeString:
    """Return the SVG, in columns from the left: dependencies, the item, dependents."""
    columns = _columns(nodes)
    places, width, height = _places(columns)
    lines = format_html_join(
        "",
        '<path class="edge" d="{}"></path>',
        (
            (_curve(places[edge.source], places[edge.target]),)
            for edge in edges
            if edge.source in places and edge.target in places
        ),
    )
    boxes = join_html(
        _box(node, *places[node.id], here=node.id == here)
        for members in columns.values()
        for node in members
    )
    return format_html(
        '<div class="o-table-wrap" role="region" aria-label="{0}" tabindex="0">'
        '<svg class="o-graph" width="{1}" height="{2}" viewBox="0 0 {1} {2}">{3}{4}</svg></div>',
        label,
        width,
        height,
        lines,
        boxes,
    )
