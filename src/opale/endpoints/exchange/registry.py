"""Registry of tables that can be exchanged: each app registers its own, from its `apps.py`."""

from opale.endpoints.exchange.tables import Table
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed, NotFound

_offered: dict[str, Table] = {}


def register_tables(*tables: Table) -> None:
    _offered.update((table.name, table) for table in tables)


def registered_tables() -> list[Table]:
    """Return all tables, in the order of their registration."""
    return list(_offered.values())


def may_export(table: Table, actor: Actor) -> bool:
    """Return whether the actor reads the table and is staff: a customer's contact gets no files."""
    return actor.kind != "contact" and actor.can(table.read_right)


def may_import(table: Table, actor: Actor) -> bool:
    return actor.kind != "contact" and actor.can(table.right)


def get_table(name: str, actor: Actor, *, change: bool) -> Table:
    """Return a table by name. Errors: NotFound, NotAllowed."""
    table = _offered.get(name)
    if table is None:
        raise NotFound
    if not (may_import(table, actor) if change else may_export(table, actor)):
        raise NotAllowed
    return table
