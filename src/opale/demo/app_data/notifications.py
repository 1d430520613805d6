"""Demo notifications: what the other modules told people, read where it is older than a day."""

from datetime import timedelta
from typing import Final

from opale.demo.demo_company import DemoCompany
from opale.notifications.models import Notification

AFTER = ("orders", "projects", "reservations", "resources", "designs", "desk", "discussions")
UNREAD_FOR: Final = timedelta(hours=30)


def load(company: DemoCompany) -> None:
    """Read what is old, and mail nothing of it."""
    Notification.objects.update(mail_due_at=None)
    old = Notification.objects.filter(made_at__lt=company.now - UNREAD_FOR)
    old.update(read_at=company.now - UNREAD_FOR)
