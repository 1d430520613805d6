"""Migrations that do not rebuild every model for each operation.

Django builds the classes of all models related to a changed one after each operation, which in a
schema where every table refers to a customer and a login took most of the time of a first start. An
operation that adds, changes or removes a part of a table needs the class of that table alone: only
this class is rebuilt, once for neighbouring operations whose statements, in the same order, can be
made from the classes before and after all of them. Any other operation gets all models, rebuilt.

An index that is made or dropped `CONCURRENTLY` is outside any transaction: after an interrupted
upgrade, the next one finds what it left and goes on.
"""

import copy
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps
from pgtrigger.migrations import AddTrigger, RemoveTrigger

Migration = migrations.Migration
"""Base class that migrations may still name: every migration is run in fewer steps."""

# A model is made with every column its state has: no column of it may be added in the same run.
MAKE = (migrations.CreateModel,)
ADD = (migrations.AddField, migrations.AddIndex, migrations.AddConstraint, AddTrigger)
# What is removed is looked up in the state before all of them.
REMOVE = (migrations.RemoveIndex, migrations.RemoveConstraint, RemoveTrigger)
ALONE = (
    migrations.AlterField,
    migrations.AlterModelManagers,
    migrations.AlterModelOptions,
    migrations.AlterUniqueTogether,
    migrations.RemoveField,
)


class OfOwnTables(Operation):
    """Neighbouring operations, each looking at the class of its own table; `forwards` only."""

    def __init__(self, operations: list[Any]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        apps: StateApps | None = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if apps is not None:
            tables = {(app_label, _model(operation)) for operation in self.operations}
            with apps.bulk_update():
                for table in tables:
                    apps.unregister_model(*table)
            apps.render_multiple([state.models[table] for table in sorted(tables)])
            state.__dict__["apps"] = apps
            # Classes that refer to one of these still refer to its former class.
            state.is_delayed = True

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            if not _is_done(operation, schema_editor):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)


class OfAllTables(Operation):
    """Operation that may look at every class; the classes are built when it asks for them."""

    def __init__(self, operation: Any) -> None:
        self.operation = operation
        self.atomic = operation.atomic  # type: ignore[misc]  # told by each operation

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        self.operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        from_state.clear_delayed_apps_cache()
        self.operation.database_forwards(app_label, schema_editor, from_state, to_state)


class Executor(MigrationExecutor):
    """Executor with which `migrate` runs migrations; they are written, recorded and undone as
    always.
    """

    def apply_migration(
        self,
        state: ProjectState,
        migration: migrations.Migration,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        if not fake and not fake_initial:
            migration = in_fewer_steps(migration)
        return super().apply_migration(state, migration, fake, fake_initial)


def in_fewer_steps(migration: migrations.Migration) -> migrations.Migration:
    shorter = copy.copy(migration)
    runs = list(in_runs(migration.operations))
    shorter.operations = runs  # type: ignore[misc]  # Django copies them to each as well
    return shorter


def in_runs(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Return the same operations in the same order, with neighbours applied together as one."""
    for kind, run in groupby(operations, key=_kind):
        if kind is ALONE:
            yield from (OfOwnTables([operation]) for operation in run)
        elif kind:
            yield OfOwnTables(list(run))
        else:
            yield from (one if _looks_at_none(one) else OfAllTables(one) for one in run)


def _kind(operation: Operation) -> tuple[type[Operation], ...] | None:
    if isinstance(operation, migrations.AlterField) and _may_be_led_to(operation.field):
        return None
    kinds: tuple[tuple[type[Operation], ...], ...] = (MAKE, ADD, REMOVE, ALONE)
    return next((kind for kind in kinds if isinstance(operation, kind)), None)


def _may_be_led_to(field: Any) -> bool:
    """Return whether a foreign key may refer to this column, so that its type follows it."""
    return bool(field.primary_key or field.unique)


def _looks_at_none(operation: Operation) -> bool:
    """Return whether the operation asks for no class, or for all of them by itself."""
    if isinstance(operation, migrations.RunSQL):
        return not operation.state_operations
    return isinstance(operation, migrations.RunPython)


LEFT = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"


def _is_done(operation: Any, schema_editor: Any) -> bool:
    """Return whether an interrupted run completed the operation; an unfinished index is dropped."""
    if schema_editor.collect_sql:
        return False
    if isinstance(operation, RemoveIndexConcurrently):
        return _left(operation.name, schema_editor) is None
    if not isinstance(operation, AddIndexConcurrently):
        return False
    left = _left(operation.index.name, schema_editor)
    if left is False:
        name = schema_editor.quote_name(operation.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY {name}")
    return left is True


def _left(name: str, schema_editor: Any) -> bool | None:
    """Return whether the index of this name is valid; None where there is none."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(LEFT, [schema_editor.quote_name(name)])
        row = cursor.fetchone()
    return row[0] if row else None


def _model(operation: Any) -> str:
    """Return the name of the model that one of these operations changes."""
    named = getattr(operation, "model_name", None) or operation.name
    return str(named).lower()
