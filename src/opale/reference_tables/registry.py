"""Registration of reference tables, in the `ready` of their app."""

from opale.endpoints.exchange.registry import register_tables
from opale.listings import registry
from opale.reference_tables.declarations import ReferenceTable
from opale.reference_tables.exchange import exchange_table


def register(*tables: ReferenceTable) -> None:
    """Register lists, files, and what the palette finds."""
    for one in tables:
        registry.register(one.listing)
        if one.exchanged:
            register_tables(exchange_table(one))
