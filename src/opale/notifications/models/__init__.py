"""Notifications of people, and how each person wants them."""

from opale.notifications.models.choices import (
    NotificationChoice,
    NotificationChoiceQuerySet,
    NotificationTimes,
    NotificationTimesQuerySet,
)
from opale.notifications.models.notifications import Notification, NotificationQuerySet

__all__ = [
    "Notification",
    "NotificationChoice",
    "NotificationChoiceQuerySet",
    "NotificationQuerySet",
    "NotificationTimes",
    "NotificationTimesQuerySet",
]
