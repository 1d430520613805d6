"""The record of a ticket into which others were merged. Pure, like the clocks that read it.

A merge never gives the provider more time: the merged ticket counts as received when the first of
them was, and time counts whenever it counted for one of them.
Source: docs/rules/merge-and-links.md, "What was promised".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from opale.kernel.business_time import Pause
from opale.run.desk.domain.clocks import Record


@dataclass(frozen=True, slots=True)
class AbsorbedRecord:
    """The record of a merged ticket, and when it was merged."""

    record: Record
    merged_at: datetime


def combine_records(record: Record, absorbed: Sequence[AbsorbedRecord]) -> Record:
    """Return the record with the earliest receipt, first looks and answers, and the pauses of all.

    Classification and promises are the survivor's, from the earliest receipt on.
    """
    if not absorbed:
        return record
    records = [record, *(one.record for one in absorbed)]
    received_at = min(one.received_at for one in records)
    return replace(
        record,
        received_at=received_at,
        held=(replace(record.held[0], since=received_at), *record.held[1:]),
        asked=any(one.asked for one in records),
        triaged_at=_first(one.triaged_at for one in records),
        acknowledged_at=_first(one.acknowledged_at for one in records),
        answered_at=_first(one.answered_at for one in records),
        pauses=_paused_in_all(record, absorbed),
    )


@dataclass(frozen=True, slots=True)
class _Life:
    starts: datetime
    ends: datetime | None
    pauses: tuple[Pause, ...]

    def runs(self, at: datetime) -> bool:
        return self.starts <= at and (self.ends is None or at < self.ends)

    def pause(self, at: datetime) -> Pause | None:
        return next(
            (p for p in self.pauses if p.starts <= at and (not p.ends or at < p.ends)), None
        )


def _paused_in_all(record: Record, absorbed: Sequence[AbsorbedRecord]) -> tuple[Pause, ...]:
    """Return the stretches in which all running tickets were paused, with the survivor's reason."""
    lives = [
        _Life(record.received_at, None, record.pauses),
        *(_Life(one.record.received_at, one.merged_at, one.record.pauses) for one in absorbed),
    ]
    edges = sorted(_edges(lives))
    found: list[Pause] = []
    for starts, ends in zip(edges, [*edges[1:], None], strict=True):
        running = [life for life in lives if life.runs(starts)]
        pauses = [pause for life in running if (pause := life.pause(starts))]
        if not running or len(pauses) < len(running):
            continue
        if found and found[-1].ends == starts and found[-1].reason == pauses[0].reason:
            starts = found.pop().starts
        found.append(Pause(starts, ends, pauses[0].reason))
    return tuple(found)


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


def _edges(lives: Iterable[_Life]) -> set[datetime]:
    edges: set[datetime] = set()
    for life in lives:
        edges.add(life.starts)
        edges |= {life.ends} if life.ends else set()
        for pause in life.pauses:
            edges |= {pause.starts} | ({pause.ends} if pause.ends else set())
    return edges
