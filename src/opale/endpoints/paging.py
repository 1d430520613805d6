"""Pages of a list by keyset: after the last row seen, never an offset, always bounded."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field as ModelField
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from opale.kernel.errors import Invalid

M = TypeVar("M", bound=Model)
T = TypeVar("T")

LIMIT = 50
MOST = 200

SearchText = Annotated[str, Field(max_length=200, description="Words to look for")]
"""The type of every `?q=`."""


class Window(Schema):
    """The query parameters of every list."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most")] = LIMIT
    after: Annotated[str, Field(max_length=500, description="`next` of the page before")] = ""


class Page(Schema, Generic[T]):
    """One page of a list; `next` is null on the last one."""

    items: list[T]
    next: str | None


@dataclass(frozen=True, slots=True)
class Slice(Generic[M]):
    """Rows of one page, and the cursor of the next one or None."""

    items: list[M]
    next: str | None


def first(rows: QuerySet[M], size: int) -> list[M]:
    return list(rows[:size])


def page(
    rows: QuerySet[M],
    window: Window,
    *order: str,
    read: Callable[[Any, int], list[M]] = first,
) -> Slice[M]:
    """The page of `rows` that `window` asks for, in `order` (`"-received_at", "id"`).

    Every name is a column that is never null, or a path to one; the last must be unique. `read`
    finds the first rows from there on, where `first` would read too many.
    Errors: Invalid(after).
    """
    rows = rows.order_by(*order)
    if window.after:
        rows = rows.filter(_beyond(rows, order, window.after))
    return sliced(read(rows, window.limit + 1), window, *order)


def sliced(found: list[M], window: Window, *order: str) -> Slice[M]:
    """The page of `window`, of rows read in `order`: one more than it shows, if there are."""
    items = found[: window.limit]
    return Slice(items, _cursor(items[-1], order) if len(found) > window.limit else None)


def _cursor(row: Model, order: Sequence[str]) -> str:
    values = [_text(_value(row, name.lstrip("-"))) for name in order]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _value(row: Model, path: str) -> Any:
    value: Any = row
    for name in path.split("__"):
        value = getattr(value, name)
    return value


def _beyond(rows: QuerySet[Any], order: Sequence[str], cursor: str) -> Q:
    """`a >= x AND (a > x OR (a = x AND b > y))`: the first term is what an index can use."""
    values = _values(rows, order, cursor)
    beyond = Q()
    for name, value in reversed(list(zip(order, values, strict=True))):
        column, less = name.lstrip("-"), name.startswith("-")
        strictly = Q(**{f"{column}__{'lt' if less else 'gt'}": value})
        if not beyond:
            beyond = strictly
            continue
        at_least = Q(**{f"{column}__{'lte' if less else 'gte'}": value})
        beyond = at_least & (strictly | (Q(**{column: value}) & beyond))
    return beyond


def _values(rows: QuerySet[Any], order: Sequence[str], cursor: str) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        texts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError("a cursor is a list of texts")
        return [
            _column(rows, name.lstrip("-")).to_python(text)
            for name, text in zip(order, texts, strict=True)
        ]
    except (binascii.Error, ValueError, ValidationError):
        raise Invalid(after=_("This is not the cursor of a page of this list.")) from None


def _column(rows: QuerySet[Any], path: str) -> "ModelField[Any, Any]":
    if path in rows.query.annotations:
        column: ModelField[Any, Any] = rows.query.annotations[path].output_field
        return column
    model: Any = rows.model
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    field: ModelField[Any, Any] = model._meta.get_field("id" if last == "pk" else last)
    return field
