"""Reports that can be sent on schedule. Apps above register theirs; every listing is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from opale.kernel.actor import Actor
from opale.messaging.queries.mail_layout import Table

Label = str | Promise


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a report is computed for: its due moment, how often it comes, and the counts that its
    reader was sent last, with their moment.
    """

    due_at: datetime
    frequency: str
    counts_before: Mapping[str, int] = field(default_factory=dict)
    before_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """What a mail says of a report, in the language and time zone in force.

    `period` goes into the subject, `summary` are the paragraphs above the tables. `url` is the path
    of the live page. The file has a `head` and `lines`. `counts` are kept for the next comparison.
    """

    period: str
    summary: Sequence[str]
    tables: Sequence[Table]
    url: str
    head: Sequence[str]
    lines: Sequence[Sequence[str]]
    counts: Mapping[str, int] = field(default_factory=dict)


class ReportSource(Protocol):
    """A report. All reads are limited to what `seen_by` may see now."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> Label: ...

    def address(self, query: str, *, seen_by: Actor) -> str:
        """Return filters and grouping as they are kept. Errors: NotFound, NotAllowed, Invalid (a
        filter that the actor may not use, or that is none).
        """
        ...

    def url(self, query: str) -> str:
        """Return the path of the live page."""
        ...

    def content(self, query: str, occasion: Occasion, *, seen_by: Actor) -> ReportContent:
        """Return what a reader is sent. Errors: as `address`."""
        ...


_sources: dict[str, ReportSource] = {}


def register_report(source: ReportSource) -> None:
    """Make a report known that is no listing, in the `ready` of its app.

    Errors: ValueError (another one has its name).
    """
    if _sources.setdefault(source.name, source) is not source:
        raise ValueError(f"two reports are named {source.name}")


def registered_report(name: str) -> ReportSource | None:
    return _sources.get(name)
