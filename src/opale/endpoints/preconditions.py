"""ETag and If-Match: a change applies only to the version that its author has read."""

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
    """Return the ETag of a representation: the same content has the same ETag."""
    return etag_of_content(json.dumps(body, cls=NinjaJSONEncoder).encode())


def etag_of_content(content: bytes) -> str:
    """Return the ETag of content that is already written as an answer of the API."""
    return f'"{sha256(content).hexdigest()[:24]}"'


def _shown(row: Model, shape: type[Schema], request: HttpRequest) -> Any:
    """Return the row as an answer would show it to this actor."""
    return shape.model_validate(row, context={"request": request}).model_dump()


@contextmanager
def unless_changed(
    request: HttpRequest,
    rows: QuerySet[M],
    shape: type[Schema],
    *,
    part: Callable[[M], Any] | None = None,
) -> Iterator[M]:
    """Lock the one row of `rows` and yield it; the block is in the same transaction.

    With `If-Match`, the row must still be, in `shape`, as it was when its ETag was issued. `part`
    returns a part of the row that has an address of its own: the ETag of that is accepted too.
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
    """Do as `unless_changed` for what is no row: one at a time changes what `resource` names.

    With `If-Match`, `shown` must still return what it did when its ETag was issued.
    Errors: ChangedSince (412).
    """
    with transaction.atomic():
        take_locks(resource)
        expected = parse_etags(request.headers.get("If-Match", "*"))
        if expected != ["*"] and etag_of(shown().model_dump()) not in expected:
            raise ChangedSince
        yield
