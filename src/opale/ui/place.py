"""Where in the stream of changes a page was drawn, so that its live regions miss nothing."""

from django.http import HttpRequest

from opale.kernel.changes import HEAD, Cursor
from opale.kernel.prepared import rows_of
from opale.kernel.reference import REVISION
from opale.ui.asking import asker

END_OF_TRANSACTION = 2**63 - 1
BOTH = f"SELECT ({REVISION}), ({HEAD})"
READ, MARKED = "opale.live_transaction", "opale.live_place"


def is_whole(request: HttpRequest) -> bool:
    """Whether a page with its frame is asked for."""
    html = "text/html" in request.headers.get("Accept", "")
    return request.method == "GET" and html and "HX-Request" not in request.headers


def read_early(request: HttpRequest) -> int | None:
    """Read the place of a whole page together with the revision of reference data, which every
    request asks for: that revision; None where no place is wanted."""
    if not is_whole(request):
        return None
    ((revision, request.META[READ]),) = rows_of(BOTH)
    return int(revision)


def mark(request: HttpRequest) -> None:
    """Note the place before the view reads: whatever is committed later is told to the page."""
    if not is_whole(request) or asker(request).kind == "anonymous":
        return
    if READ not in request.META:
        ((request.META[READ],),) = rows_of(HEAD)
    request.META[MARKED] = str(Cursor(request.META[READ], END_OF_TRANSACTION))


def marked(request: HttpRequest) -> str:
    return str(request.META.get(MARKED, ""))
