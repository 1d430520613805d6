"""Rest after a call-out, until run.shifts counts it: eleven hours in a row, counted anew.

Source: Code du travail L3131-1 and L3121-10; Directive 2003/88/EC, articles 3 and 5.
"""

from datetime import datetime, timedelta

DAILY_REST = timedelta(hours=11)


def rest_until(ended_at: datetime, travel: timedelta) -> datetime:
    """Until when nobody may be made to work again: travel home is work."""
    return ended_at + travel + DAILY_REST
