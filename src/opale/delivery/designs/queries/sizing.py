"""The size of a version: work packages, waits, stock and people of each of its lines."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from opale.delivery.designs.models import DesignLine, DesignVersion
from opale.delivery.projects.domain.template_content import (
    Content,
    Copy,
    Need,
    copies,
    link_copies,
    quantity_of,
)
from opale.delivery.projects.queries.templates import contents_of
from opale.kernel.errors import Invalid

MOST_STAGES: Final = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """One planned work package of a piece of a line."""

    line: DesignLine
    copy: Copy
    number: int

    @property
    def staffed(self) -> bool:
        step = self.copy.step
        return step.hours > 0 and step.days > 0 and bool(step.role)

    @property
    def takes_stock(self) -> bool:
        """Return whether the work begins only with its stock: not for checks, meetings and
        waits."""
        return self.copy.step.kind == "work"


@dataclass(frozen=True, slots=True)
class SizedNeed:
    """A quantity of a unit that a line needs."""

    line: DesignLine
    need: Need
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Sizing:
    pieces: tuple[Piece, ...]
    waits: dict[int, list[tuple[int, int]]]
    wanted: tuple[SizedNeed, ...]


def lines_of(version: DesignVersion) -> list[DesignLine]:
    rows = DesignLine.objects.filter(version=version).select_related("offering", "site__place")
    return list(rows.order_by("position", "id"))


def contents_for(lines: Sequence[DesignLine]) -> dict[int, Content]:
    """Return how each offering of the lines is delivered."""
    return contents_of(line.offering for line in lines)


def size_lines(lines: Sequence[DesignLine], contents: dict[int, Content]) -> Sizing:
    """Size the lines. Errors: Invalid (they are too many to be checked at once)."""
    named = [
        (line.offering.code, copies(contents[line.offering_id], line.quantity)) for line in lines
    ]
    if sum(len(own) for _code, own in named) > MOST_STAGES:
        raise Invalid(
            lines=_("More than %(most)s tasks: split it into several designs.")
            % {"most": MOST_STAGES}
        )
    pieces: list[Piece] = []
    for line, (_code, own) in zip(lines, named, strict=True):
        pieces += [Piece(line, copy, len(pieces) + n) for n, copy in enumerate(own)]
    waits: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (before, after), lag in link_copies(named).items():
        waits[after].append((before, lag))
    wanted = tuple(
        SizedNeed(line, need, quantity_of(need, line.options) * line.quantity)
        for line in lines
        for need in contents[line.offering_id].needs
    )
    return Sizing(tuple(pieces), dict(waits), wanted)
