"""Reading designs, checking them, and what became another since."""

from opale.build.designs.queries.checking import Checked, check
from opale.build.designs.queries.comparing import Compared, compared, history_of
from opale.build.designs.queries.forerunning import ForProjects
from opale.build.designs.queries.reading import (
    Listed,
    acceptance_of,
    architects,
    count_open_of,
    design_of_order,
    designs,
    documents_of,
    get_design,
    get_document,
    get_line,
    get_site,
    holds_of,
    jumps,
    last_check,
    lines,
    listed,
    open_designs_of,
    own_reservations,
    reservation_of,
    to_go_on,
    version_of,
    versions_of,
)
from opale.build.designs.queries.sizing import lines_of
from opale.build.designs.queries.staleness import stale_because
from opale.build.designs.queries.telling import day_of, named, told

__all__ = [
    "Checked",
    "Compared",
    "ForProjects",
    "Listed",
    "acceptance_of",
    "architects",
    "check",
    "compared",
    "count_open_of",
    "day_of",
    "design_of_order",
    "designs",
    "documents_of",
    "get_design",
    "get_document",
    "get_line",
    "get_site",
    "history_of",
    "holds_of",
    "jumps",
    "last_check",
    "lines",
    "lines_of",
    "listed",
    "named",
    "open_designs_of",
    "own_reservations",
    "reservation_of",
    "stale_because",
    "to_go_on",
    "told",
    "version_of",
    "versions_of",
]
