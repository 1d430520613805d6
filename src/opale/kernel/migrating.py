"""Migrations of many operations on an empty database without drawing every model again for each.

Django builds the classes of all models related to a changed one after each operation, which in a
schema where everything leads to a customer took most of the time of a first start. Neighbours that
only add are independent: their statements, in the same order, can be made from the classes as they
stand before all of them and after all of them.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

# A model is made with every column its state has: no column of it may be added in the same run.
MAKE = (migrations.CreateModel,)
ADD = (migrations.AddField, migrations.AddIndex, migrations.AddConstraint, AddTrigger)


class AddedTogether(Operation):
    """Neighbouring operations of one kind; `forwards` only, made by `Migration` as it applies."""

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Drawn again when they are asked for next, once for all operations.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    """A base for migrations with long runs of additions; the operations are written as always."""

    def apply(
        self, project_state: ProjectState, schema_editor: Any, collect_sql: bool = False
    ) -> ProjectState:
        if collect_sql:
            return super().apply(project_state, schema_editor, collect_sql)
        parts = {"operations": list(in_runs(self.operations)), "atomic": self.atomic}
        shorter: migrations.Migration = type("Migration", (migrations.Migration,), parts)(
            self.name, self.app_label
        )
        return shorter.apply(project_state, schema_editor)


def in_runs(operations: Iterable[Operation]) -> Iterator[Operation]:
    """The same operations in the same order, neighbours that may be applied together as one."""
    for together, run in groupby(operations, key=_kind):
        members = list(run)
        if together and len(members) > 1:
            yield AddedTogether(members)
        else:
            yield from members


def _kind(operation: Operation) -> tuple[type[Operation], ...] | None:
    return next((kind for kind in (MAKE, ADD) if isinstance(operation, kind)), None)
