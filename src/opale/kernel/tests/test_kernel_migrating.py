"""Migrations in fewer steps: the same statements and the same state, fewer models drawn."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.core.management import get_commands
from django.db import IntegrityError, connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps

from opale.kernel import migrating


def _operations() -> list[Operation]:
    """As `makemigrations` writes them: the tables, what leads from one to another, what holds."""
    key = ("id", models.BigAutoField(primary_key=True))
    return [
        migrations.CreateModel("Shelf", [key]),
        migrations.CreateModel("Book", [key, ("pages", models.IntegerField())]),
        migrations.AddField("book", "shelf", models.ForeignKey("kernel.shelf", models.CASCADE)),
        migrations.AddField("shelf", "first", models.ForeignKey("kernel.book", models.CASCADE)),
        migrations.AddIndex("book", models.Index(fields=["shelf", "pages"], name="by_pages")),
        migrations.AddConstraint(
            "book", models.CheckConstraint(condition=models.Q(pages__gt=0), name="has_pages")
        ),
        migrations.AlterField("book", "pages", models.BigIntegerField()),
        migrations.AddField("book", "title", models.CharField(max_length=9, default="")),
    ]


def _later_operations() -> list[Operation]:
    """What changes tables to which others lead already."""
    led = models.ForeignKey("kernel.book", models.SET_NULL, null=True, related_name="heads")
    return [
        migrations.CreateModel(
            "Reader",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("book", models.ForeignKey("kernel.book", models.CASCADE)),
                ("shelves", models.ManyToManyField("kernel.shelf")),
            ],
        ),
        migrations.RemoveConstraint("book", "has_pages"),
        migrations.RemoveIndex("book", "by_pages"),
        migrations.RunSQL("SELECT 1"),
        migrations.AlterField("shelf", "first", led),
        migrations.AlterField("book", "title", models.CharField(max_length=90, unique=True)),
        migrations.AlterUniqueTogether("book", {("shelf", "pages")}),
        migrations.RenameField("book", "title", "name"),
        migrations.AlterModelOptions("book", {"ordering": ["name"]}),
        migrations.AddField(
            "reader", "lends", models.ForeignKey("kernel.book", models.CASCADE, "lenders")
        ),
        # Changes the columns of all that leads to a book.
        migrations.AlterField("book", "id", models.CharField(max_length=9, primary_key=True)),
        migrations.RemoveField("reader", "book"),
        migrations.RenameModel("Shelf", "Rack"),
        migrations.AddField("reader", "rack", models.ForeignKey("kernel.rack", models.CASCADE)),
        migrations.RemoveField("reader", "shelves"),
        migrations.RemoveField("book", "shelf"),
        migrations.DeleteModel("Reader"),
    ]


def _migration(operations: list[Operation], *, atomic: bool = True) -> migrations.Migration:
    parts = {"operations": operations, "atomic": atomic}
    made: migrations.Migration = type("Migration", (migrations.Migration,), parts)("0001", "kernel")
    return made


def _apply(migration: migrations.Migration) -> tuple[list[str], ProjectState]:
    state = ProjectState()
    state.apps.get_models()  # drawn before the first operation, as the executor does
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        state = migration.apply(state, editor)
    collected: list[str] = editor.collected_sql
    return collected, state


@pytest.mark.django_db
def test_the_same_statements_in_the_same_order() -> None:
    migration = _migration(_operations() + _later_operations())
    expected, expected_state = _apply(migration)
    found, state = _apply(migrating.in_fewer_steps(migration))
    assert found == expected
    assert state == expected_state


@pytest.mark.django_db
def test_few_models_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    render = StateApps.render_multiple

    def counted(apps: StateApps, states: list[Any]) -> None:
        drawn.append(len(states))
        render(apps, states)

    monkeypatch.setattr(StateApps, "render_multiple", counted)
    migration = migrating.in_fewer_steps(_migration(_operations()))
    _apply(migration)
    # Both tables, both with all that is added to them, and the one of each of the last two.
    assert sum(drawn) == 2 + 2 + 1 + 1


@pytest.mark.django_db
def test_a_program_finds_every_model_as_it_stands_then() -> None:
    seen: list[list[str]] = []

    def look(apps: Any, _editor: Any) -> None:
        book = apps.get_model("kernel", "book")
        seen.append(sorted(field.name for field in book._meta.get_fields()))
        shelf = book._meta.get_field("shelf").related_model
        assert shelf is apps.get_model("kernel", "shelf")
        assert shelf._meta.get_field("first").related_model is book

    migration = _migration([*_operations(), migrations.RunPython(look)])
    _apply(migrating.in_fewer_steps(migration))
    _apply(migration)
    assert len(seen) == 2
    assert seen[0] == seen[1]


def test_a_table_is_never_made_with_the_columns_that_are_added_to_it() -> None:
    runs = list(migrating.in_runs(_operations()))
    assert [len(getattr(one, "operations", [one])) for one in runs] == [2, 4, 1, 1]


def test_it_is_this_command_that_migrates() -> None:
    assert get_commands()["migrate"] == "opale.kernel"


@pytest.fixture
def shelf(transactional_db: None) -> Iterator[Operation]:
    """A table with an index, until the test is over."""
    old = models.Index(fields=["rows"], name="shelf_old")
    columns: list[tuple[str, models.Field[Any, Any]]]
    columns = [("id", models.BigAutoField(primary_key=True)), ("rows", models.IntegerField())]
    made = migrations.CreateModel("Shelf", columns, {"indexes": [old]})
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE opale_owner")
        _apply_for_good([made])
        yield made
        cursor.execute("DROP TABLE kernel_shelf")
        cursor.execute("SET ROLE opale_app")


def _apply_for_good(operations: Sequence[Operation], after: Sequence[Operation] = ()) -> None:
    state = ProjectState()
    for operation in after:
        operation.state_forwards("kernel", state)
    migration = _migration(list(operations), atomic=False)
    with connection.schema_editor(atomic=False) as editor:
        migrating.in_fewer_steps(migration).apply(state, editor)


def _indexes() -> dict[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, indisvalid FROM pg_index"
            " WHERE indrelid = 'kernel_shelf'::regclass AND NOT indisprimary"
        )
        return dict(cursor.fetchall())


LEFT = {
    "nothing": {"shelf_old": True},
    "unfinished": {"shelf_old": True, "shelf_new": False},
    "added": {"shelf_old": True, "shelf_new": True},
    "both": {"shelf_new": True},
}


@pytest.mark.parametrize("left", LEFT)
def test_an_upgrade_that_was_ended_among_indexes_goes_on(shelf: Operation, left: str) -> None:
    indexes = [
        AddIndexConcurrently("shelf", models.Index(fields=["rows", "id"], name="shelf_new")),
        RemoveIndexConcurrently("shelf", "shelf_old"),
    ]
    if left == "unfinished":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO kernel_shelf (rows) VALUES (1), (1)")
            with pytest.raises(IntegrityError):
                cursor.execute("CREATE UNIQUE INDEX CONCURRENTLY shelf_new ON kernel_shelf (rows)")
    elif left != "nothing":
        _apply_for_good(indexes[: 2 if left == "both" else 1], after=[shelf])
    assert _indexes() == LEFT[left]
    _apply_for_good(indexes, after=[shelf])
    assert _indexes() == {"shelf_new": True}
