"""ETag and If-Match: a change is made only to what its author has seen."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.http import parse_etags
from ninja import Schema
from ninja.responses import NinjaJSONEncoder

from opale.endpoints.problems import ChangedSince
from opale.kernel.errors import NotFound
from opale.kernel.locks import take_locks

M = TypeVar("M", bound=Model)


def etag_of(body: Any) -> str:
    """The tag of a representation: the same content has the same tag."""
    return etag_of_content(json.dumps(body, cls=NinjaJSONEncoder).encode())


def etag_of_content(content: bytes) -> str:
    """The same, where it is written as an answer of the API already."""
    return f'"{sha256(content).hexdigest()[:24]}"'


def _shown(row: Model, shape: type[Schema], request: HttpRequest) -> Any:
    """The row as this asker reads it, as an answer would show it."""
    return shape.model_validate(row, context={"request": request}).model_dump()


@contextmanager
def unless_changed(
    request: HttpRequest,
    rows: QuerySet[M],
    shape: type[Schema],
    *,
    part: Callable[[M], Any] | None = None,
) -> Iterator[M]:
    """Lock the one row of `rows` and give it; what the block does is one transaction with that.

    With `If-Match`, the row must still look, in `shape`, as it did when its ETag was given. `part`
    gives what is read of the row at an address of its own: the ETag of that is as good.
    Errors: NotFound, ChangedSince (412).
    """
    with transaction.atomic():
        row = rows.select_for_update(of=("self",)).first()
        if row is None:
            raise NotFound
        expected = parse_etags(request.headers.get("If-Match", "*"))
        if (
            expected != ["*"]
            and etag_of(_shown(row, shape, request)) not in expected
            and (part is None or etag_of(part(row)) not in expected)
        ):
            raise ChangedSince
        yield row


@contextmanager
def unless_resource_changed(
    request: HttpRequest, resource: str, shown: Callable[[], Schema]
) -> Iterator[None]:
    """As `unless_changed`, for what is no row: one at a time changes what `resource` names.

    With `If-Match`, `shown` must still give what it gave when its ETag was given.
    Errors: ChangedSince (412).
    """
    with transaction.atomic():
        take_locks(resource)
        expected = parse_etags(request.headers.get("If-Match", "*"))
        if expected != ["*"] and etag_of(shown().model_dump()) not in expected:
            raise ChangedSince
        yield
