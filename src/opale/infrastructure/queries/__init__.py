"""Reading the infrastructure: the door to the modules of this folder."""

from opale.infrastructure.queries.matching import ItemMatch, items_by_names

__all__ = ["ItemMatch", "items_by_names"]
