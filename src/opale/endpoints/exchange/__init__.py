"""Rows from and to files: shown before they are written, and all of them or none.

A table says its columns and which action writes a line; this kit reads CSV as spreadsheets write
it, compares it with what is there, and gives every fault its line and column.
"""

from opale.endpoints.exchange.comparing import carry_out, preview
from opale.endpoints.exchange.files import export
from opale.endpoints.exchange.tables import (
    Column,
    Difference,
    Fault,
    Key,
    Line,
    Preview,
    Reference,
    Table,
    Wrong,
    one_of,
    said,
    yes_or_no,
)

__all__ = [
    "Column",
    "Difference",
    "Fault",
    "Key",
    "Line",
    "Preview",
    "Reference",
    "Table",
    "Wrong",
    "carry_out",
    "export",
    "one_of",
    "preview",
    "said",
    "yes_or_no",
]
