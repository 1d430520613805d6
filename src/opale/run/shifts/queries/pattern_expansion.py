"""The duties that a team's patterns give, with layers, restrictions and people's places."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from opale.kernel import business_time
from opale.kernel.calendars import Calendar
from opale.run.shifts.domain.cycles import (
    DAY,
    MAX_DAYS_LATER,
    Span,
    intersections,
    remainders,
    turns,
)
from opale.run.shifts.models import PatternLine, ShiftPattern

Key = tuple[int, str]
MARGIN = 2 * DAY
"""A day of a place may begin or end that much before or after a day in UTC, and more."""


@dataclass(frozen=True, slots=True)
class PatternDuty:
    """One duty that a pattern gives."""

    person_id: int
    span: Span


@dataclass(frozen=True, slots=True)
class _Piece:
    key: str
    person_id: int
    span: Span


def expand_patterns(
    patterns: Sequence[ShiftPattern], lines: Mapping[int, Sequence[PatternLine]], ahead: Span
) -> dict[Key, PatternDuty]:
    """Return all duties that end after the beginning of `ahead` and begin before its end.

    The patterns are all those of a team. A higher layer takes its hours away from the lower ones
    of the same kind and role.
    """
    found: dict[Key, PatternDuty] = {}
    taken: dict[tuple[str, str], list[tuple[int, Span]]] = defaultdict(list)
    for pattern in sorted(patterns, key=lambda p: (-p.layer, p.pk)):
        here = taken[pattern.kind, pattern.role]
        above = _joined(span for layer, span in here if layer > pattern.layer)
        for piece in _pieces(pattern, lines.get(pattern.pk, ()), ahead):
            for part in _parts(piece, remainders(piece.span, _near(above, piece.span))):
                here.append((pattern.layer, part.span))
                if part.span.ends > ahead.starts and part.span.starts < ahead.ends:
                    found[pattern.pk, part.key] = PatternDuty(part.person_id, part.span)
    return found


def _near(spans: Sequence[Span], span: Span) -> Sequence[Span]:
    """Return those of the ordered, disjoint spans that touch a span."""
    first = bisect_right(spans, span.starts, key=lambda s: s.ends)
    return spans[first : bisect_left(spans, span.ends, key=lambda s: s.starts)]


def _pieces(pattern: ShiftPattern, lines: Iterable[PatternLine], ahead: Span) -> list[_Piece]:
    cycle, calendar = pattern.cycle(), _calendar(pattern)
    first = max((ahead.starts - (MAX_DAYS_LATER * DAY + MARGIN)).date(), pattern.first_day)
    last = (ahead.ends + MARGIN).date()
    if pattern.last_day is not None:
        last = min(last, pattern.last_day)
    pieces = []
    for line in lines:
        until = last if line.until is None else min(last, line.until)
        for turn in turns(cycle, line.offset, max(first, line.since), until):
            key = f"{line.pk}:{turn.day.isoformat()}:{turn.number}"
            whole = _Piece(key, line.person_id, turn.span)
            pieces += _within(whole, pattern, calendar)
    return pieces


def _calendar(pattern: ShiftPattern) -> Calendar | None:
    if pattern.within == ShiftPattern.Within.ALL or pattern.calendar is None:
        return None
    return Calendar.from_record(pattern.calendar.record)


def _within(piece: _Piece, pattern: ShiftPattern, calendar: Calendar | None) -> list[_Piece]:
    if calendar is None:
        return [piece]
    segments = business_time.explain(calendar, piece.span.starts, piece.span.ends)
    opened = [Span(part.starts, part.ends) for part in segments if part.counted]
    cut = intersections if pattern.within == ShiftPattern.Within.OPEN else remainders
    return _parts(piece, cut(piece.span, opened))


def _parts(piece: _Piece, spans: Iterable[Span]) -> list[_Piece]:
    """Return the parts with keys: the whole keeps its own, a part is named by its beginning,
    which other parts do not move.
    """
    parts = []
    for span in _joined(spans):
        key = piece.key
        if span.starts != piece.span.starts:
            key = f"{piece.key}@{span.starts:%Y%m%dT%H%M}"
        parts.append(_Piece(key, piece.person_id, span))
    return parts


def _joined(spans: Iterable[Span]) -> list[Span]:
    found = list[Span]()
    for span in sorted(spans):
        if found and span.starts - found[-1].ends <= timedelta(0):
            found[-1] = Span(found[-1].starts, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found
