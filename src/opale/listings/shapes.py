"""Shapes of saved views, and of acts on several lines."""

from datetime import date

from ninja import Field, Schema

from opale.listings.bulk import MOST, Outcome
from opale.listings.groups import GroupCount


class ListingViewOut(Schema):
    """`query` holds filters, order and columns as the address of the list does."""

    id: int
    listing: str
    name: str
    query: str
    shared: bool
    person_id: int
    keeper: str


class BulkActFields(Schema):
    """Lines by their ids, and what the act is given; times as `2026-12-01T07:00:00Z` or `+2h`."""

    ids: list[int] = Field(min_length=1, max_length=MOST)
    fields: dict[str, str | int | None] = {}
    dry_run: bool = False


class BulkUndoIn(Schema):
    undo: str


class BulkRefusalOut(Schema):
    id: int
    reason: str


class BulkActOut(Schema):
    """`undo` is what the undo takes; empty after a dry run, and where nothing can be undone."""

    done: list[int]
    refused: list[BulkRefusalOut]
    undo: str = ""

    @classmethod
    def of(cls, outcome: Outcome, undo: str = "") -> "BulkActOut":
        refused = [BulkRefusalOut(id=one.row.pk, reason=one.sentence) for one in outcome.refused]
        return cls(done=[row.pk for row in outcome.done], refused=refused, undo=undo)


class GroupCountOut(Schema):
    """Lines with one value of a column; of a month, its first day. Without a value: null."""

    value: str | int | None
    label: str
    count: int

    @classmethod
    def of(cls, found: GroupCount) -> "GroupCountOut":
        value = found.value
        if isinstance(value, date):
            value = value.isoformat()[: len("2026-11-01")]
        return cls(value=None if value == "" else value, label=found.label, count=found.count)
