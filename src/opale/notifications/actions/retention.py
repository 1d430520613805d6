"""Deletion of old notifications."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from opale.notifications.models import Notification

READ_KEPT: Final = timedelta(days=90)
UNREAD_KEPT: Final = timedelta(days=365)


def delete_old(at: datetime) -> int:
    """Delete what was read long ago, and what nobody read within a year."""
    old = Q(read_at__lt=at - READ_KEPT) | Q(read_at=None, made_at__lt=at - UNREAD_KEPT)
    count, _ = Notification.objects.filter(old).delete()
    return count
