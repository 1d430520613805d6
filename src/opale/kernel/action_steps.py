"""Steps shared by actions: check the right, lock the one row, write the changed columns."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict, NotAllowed, NotFound
from opale.kernel.owned import OwnedQuerySet

M = TypeVar("M", bound=Model)


def require_everywhere(by: Actor, right: str) -> None:
    """Check that the right is held on every row, for what belongs to no customer, team or site.

    Errors: NotAllowed.
    """
    scope = by.scope(right)
    if scope is None or not scope.everything:
        raise NotAllowed


def require_on(owner: Model, by: Actor, right: str) -> None:
    """Check that the right is held on `owner`, to which a new row belongs. Errors: NotAllowed."""
    if not _holds(owner, by, right):
        raise NotAllowed


def lock_row(rows: OwnedQuerySet[M], by: Actor, right: str, *or_else: str) -> M:
    """Return the one row of `rows`, locked, on which the actor holds one of the rights.

    Errors: NotFound (hidden or missing), NotAllowed.
    """
    row = rows.visible_to(by).select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound
    if not any(_holds(row, by, held) for held in (right, *or_else)):
        raise NotAllowed
    return row


def _holds(row: Model, by: Actor, right: str) -> bool:
    model = type(row)
    return model._default_manager.filter(by.reach(right, model), pk=row.pk).exists()


def update_changed(row: Model, changes: Mapping[str, Any]) -> list[str]:
    """Write the columns that differ and return their names."""
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, changes[name])
    if changed:
        row.save(update_fields=changed)
    return changed


def discard(row: Model) -> None:
    """Delete a row that nothing refers to; its history stays. Errors: Conflict.

    The database detects references: one statement, however many tables could refer to the row.
    """
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row.pk])  # noqa: S608  # quoted
        except IntegrityError as error:
            raise Conflict(_("Something else now refers to it: it cannot be removed.")) from error
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
