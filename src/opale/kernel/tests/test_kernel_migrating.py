"""Migrations that apply their additions together."""

from typing import Any

import pytest
from django.db import connection, migrations, models
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


def _apply(base: type[migrations.Migration]) -> tuple[list[str], ProjectState]:
    made: Any = type("Migration", (base,), {"operations": _operations()})("0001_books", "kernel")
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        state = made.apply(ProjectState(), editor)
    collected: list[str] = editor.collected_sql
    return collected, state


@pytest.mark.django_db
def test_the_same_statements_in_the_same_order() -> None:
    expected, expected_state = _apply(migrations.Migration)
    found, state = _apply(migrating.Migration)
    assert found == expected
    assert state == expected_state


@pytest.mark.django_db
def test_models_are_drawn_once_for_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    render = StateApps.render_multiple

    def counted(apps: StateApps, states: list[Any]) -> None:
        drawn.append(len(states))
        render(apps, states)

    monkeypatch.setattr(StateApps, "render_multiple", counted)
    _apply(migrations.Migration)
    django = sum(drawn)
    drawn.clear()
    _apply(migrating.Migration)
    assert sum(drawn) < django


def test_a_table_is_never_made_with_the_columns_that_are_added_to_it() -> None:
    runs = list(migrating.in_runs(_operations()))
    assert [len(getattr(one, "operations", [one])) for one in runs] == [2, 4, 1, 1]
