"""Port: the records that can be discussed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from opale.acts.declarations import Subject
from opale.kernel.discovery import app_modules
from opale.kernel.owned import OwnedQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """A kind of record that can be discussed, declared by its app in `record_kinds.RECORD_KINDS`.

    `subject` is that of the app's acts: it looks the record up for an actor, and says where its
    page is. `record_type` is its name in addresses and for programs. `cannot_open` is the sentence
    that refuses the mention of somebody who may not see the record, with `%(name)s`. `title`
    names a row in the language in force, where the subject's own label does not tell it apart.
    `own_page`: the discussion has a page of its own, since the record has none.
    """

    record_type: str
    subject: Subject[Any]
    cannot_open: str | Promise
    title: Callable[[Any], str] | None = None
    own_page: bool = False

    def __post_init__(self) -> None:
        if self.subject.model is None or self.subject.get is None:
            raise ValueError(f"{self.record_type}: its subject is no kind of row")

    @property
    def topic_name(self) -> str:
        """Name of the live topics of these records' discussions."""
        return f"discussions.{self.record_type}"

    @property
    def read_right(self) -> str:
        """Right to read these records."""
        rows: OwnedQuerySet[Model] = self.subject.model._default_manager.all()  # type: ignore[union-attr]  # checked above, with an owner
        return rows.read_right


@cache
def record_kinds() -> Mapping[str, RecordKind]:
    """Return all kinds of records that can be discussed. Errors: ValueError (one name twice)."""
    found: dict[str, RecordKind] = {}
    for _config, module in app_modules("record_kinds"):
        for one in module.RECORD_KINDS:
            if found.setdefault(one.record_type, one) is not one:
                raise ValueError(f"two kinds of records are called {one.record_type}")
    return found


def kind_of_record(row: Model) -> RecordKind:
    """Return the kind of a row. Errors: ValueError when it is not declared."""
    for one in record_kinds().values():
        if one.subject.model is type(row):
            return one
    raise ValueError(f"{type(row).__name__} is in no record_kinds.py")
