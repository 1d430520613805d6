"""A listing as a report: its count, its first lines or its counts by a value, and all as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotAllowed
from opale.listings import exports
from opale.listings.cells import hidden, readable, text
from opale.listings.declarations import Column, Listing
from opale.listings.groups import Groups, groups_of
from opale.listings.registry import open_listing
from opale.listings.selection import COLUMNS, SORT, Selection
from opale.messaging.queries.mail_layout import Table
from opale.scheduled_reports.ports import Label, Occasion, ReportContent

SHOWN: Final = 20
"""Lines, or values, of a mail."""
COLUMNS_SHOWN: Final = 4
FILE_LINES: Final = 5_000
"""Lines of the file, which has to fit into a mail."""
TOTAL: Final = "total"


@dataclass(frozen=True, slots=True)
class ListingReport:
    """A listing that is sent on schedule."""

    listing: Listing

    @property
    def name(self) -> str:
        return self.listing.name

    @property
    def title(self) -> Label:
        return self.listing.title

    def address(self, query: str, *, seen_by: Actor) -> str:
        """Return filters, order, columns and grouping as they are kept.

        Errors: NotAllowed, Invalid.
        """
        asked = QueryDict(query)
        selection = self._selection(asked, seen_by)
        if ignored := selection.unknown(asked):
            raise Invalid(query=", ".join(ignored))
        return selection.address()

    def url(self, query: str) -> str:
        root = reverse(self.listing.url_name)
        return f"{root}?{query}" if query else root

    def content(self, query: str, occasion: Occasion, *, seen_by: Actor) -> ReportContent:
        """Return what a reader is sent. Errors: NotAllowed (the list, or one of its filters)."""
        asked = QueryDict(query)
        selection = self._selection(asked, seen_by)
        # Without a filter that the reader may not use, it would be another list.
        if set(selection.unknown(asked)) - {SORT, COLUMNS}:
            raise NotAllowed
        if selection.group:
            return self._grouped(selection, occasion)
        return self._listed(selection, occasion)

    def _selection(self, asked: QueryDict, seen_by: Actor) -> Selection:
        return Selection.read(open_listing(self.listing.name, seen_by=seen_by), asked, seen_by)

    def _grouped(self, selection: Selection, occasion: Occasion) -> ReportContent:
        groups = groups_of(selection)
        compared = occasion.before_at is not None
        head = [
            str(groups.column.label),
            _("Count"),
            *([pgettext("figures", "Change")] if compared else []),
        ]
        rows = [
            [label, _number(count), *([_change(label, count, occasion)] if compared else [])]
            for label, count in _shown(groups)
        ]
        counts = {one.label: one.count for one in groups.counts}
        return self._content(
            selection,
            occasion,
            groups.total,
            counts,
            Table(rows=[head, *rows]),
            [[one.label, str(one.count)] for one in groups.counts],
        )

    def _listed(self, selection: Selection, occasion: Occasion) -> ReportContent:
        total = selection.narrowed().order_by().values("pk").distinct().count()
        lines = islice(exports.lines_of(selection), FILE_LINES)
        return self._content(
            selection,
            occasion,
            total,
            {},
            Table(rows=_first_lines(selection), title="", figures=False),
            [[text(value) for value in line] for line in lines],
        )

    def _content(
        self,
        selection: Selection,
        occasion: Occasion,
        total: int,
        counts: Mapping[str, int],
        table: Table,
        lines: Sequence[Sequence[str]],
    ) -> ReportContent:
        summary = ["\n".join([_counted(total, occasion), *selection.said_filters()])]
        if not selection.group and total > SHOWN:
            summary.append(_("The first %(count)s are below.") % {"count": SHOWN})
        if not selection.group and total > len(lines):
            said = _("The attached file has the first %(count)s.")
            summary.append(said % {"count": _number(len(lines))})
        return ReportContent(
            period=date_format(localtime(occasion.due_at), "SHORT_DATE_FORMAT"),
            summary=summary,
            tables=[table] if len(table.rows) > 1 else [],
            url=self.url(selection.address()),
            head=exports.heads(selection),
            lines=lines,
            counts={TOTAL: total, **{f"={label}": count for label, count in counts.items()}},
        )


def _shown(groups: Groups) -> list[tuple[str, int]]:
    """Return the values of a mail with their counts; the others as one."""
    shown = [(one.label, one.count) for one in groups.counts[:SHOWN]]
    others = groups.total - sum(count for _label, count in shown)
    return [*shown, (_("Other values"), others)] if others else shown


def _counted(total: int, occasion: Occasion) -> str:
    said = ngettext("%(count)s result", "%(count)s results", total) % {"count": _number(total)}
    before = occasion.counts_before.get(TOTAL)
    if before is None or occasion.before_at is None:
        return said
    sentence = _("%(results)s (%(change)s since %(day)s)")
    if total == before:
        sentence = _("%(results)s, as many as on %(day)s")
    return sentence % {
        "results": said,
        "change": signed(total - before),
        "day": date_format(localtime(occasion.before_at), "SHORT_DATE_FORMAT"),
    }


def _change(label: str, count: int, occasion: Occasion) -> str:
    return signed(count - occasion.counts_before.get(f"={label}", 0))


def signed(change: int) -> str:
    """Return a change with its sign."""
    if not change:
        return "="
    return f"{'+' if change > 0 else '−'}{_number(abs(change))}"


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)


def _first_lines(selection: Selection) -> list[list[str]]:
    """Return the head and the first lines of a mail: the first columns that the list shows."""
    listing = selection.listing
    columns = [one for one in selection.columns if one.exported and not one.quiet_label]
    columns = columns[:COLUMNS_SHOWN]
    order = selection.order.expressions()
    rows = list(selection.rows(columns).order_by(*order)[:SHOWN])
    within = readable(listing, columns, rows, selection.actor)
    lines = listing.lines(rows, selection.actor)
    return [
        [str(one.label) for one in columns],
        *(
            ["" if hidden(one, row, within) else _cell(one, line, row) for one in columns]
            for line, row in zip(lines, rows, strict=True)
        ),
    ]


def _cell(column: Column, line: object, row: object) -> str:
    """Return a value as people read it in a mail."""
    value = column.of(line, row)
    if isinstance(value, datetime):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return text(value)
