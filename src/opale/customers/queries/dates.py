"""The date of today."""

from datetime import date

from django.utils import timezone

from opale.kernel import clock


def today() -> date:
    """Return the reader's date of today."""
    return timezone.localdate(clock.now())
