"""The base of this room's query sets."""

from typing import Final

from django.db.models import Q

from opale.kernel.owned import M, OwnedQuerySet


class AlertsQuerySet(OwnedQuerySet[M]):
    read_right = "events.read"


NOT_QUIET: Final = Q(silence=None, suppressed_by=None, held_until=None)
"""Alerts that may call somebody: no silence mutes them, and no rule suppresses or holds them."""
