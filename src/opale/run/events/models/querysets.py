"""What the rows of this room have in common."""

from opale.kernel.owned import M, OwnedQuerySet


class AlertsQuerySet(OwnedQuerySet[M]):
    read_right = "events.read"
