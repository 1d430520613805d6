"""Rows from and to files: shown before they are written, and all of them or none.

A table says its columns and which action writes a line; this kit reads CSV as spreadsheets write
it, compares it with what is there, and gives every fault its line and column.
"""

from opale.endpoints.exchange.carrying import TRIED, carry_out, preview
from opale.endpoints.exchange.files import export
from opale.endpoints.exchange.imports import IMMEDIATE, file_imports, get_import, send_file
from opale.endpoints.exchange.offered import (
    may_export,
    may_import,
    offer,
    offered,
    table_named,
)
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
from opale.endpoints.exchange.taking_back import take_back

__all__ = [
    "IMMEDIATE",
    "TRIED",
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
    "file_imports",
    "get_import",
    "may_export",
    "may_import",
    "offer",
    "offered",
    "one_of",
    "preview",
    "said",
    "send_file",
    "table_named",
    "take_back",
    "yes_or_no",
]
