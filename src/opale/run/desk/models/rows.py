"""What every table of the desk shares."""

from datetime import UTC, datetime

from opale.kernel.owned import M, OwnedQuerySet

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of what has not ended: sorts last, indexes well, and unlike 'infinity' is a datetime."""

BY_CUSTOMER: dict[str, str] = {"customers": "customer_id"}


class DeskQuerySet(OwnedQuerySet[M]):
    read_right = "desk.read"
