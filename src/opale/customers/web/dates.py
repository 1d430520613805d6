"""What the views of this room share."""

from datetime import date

from django.utils import timezone

from opale.kernel import clock


def today() -> date:
    """The day that it is for the reader."""
    return timezone.localdate(clock.now())
