"""Shape of an intervention outside the hours of the plan."""

from datetime import datetime
from decimal import Decimal

from ninja import Schema


class InterventionOut(Schema):
    id: int
    agreed_by_id: int
    agreed_at: datetime
    price: Decimal
    currency: str
    starts: datetime
    ends: datetime | None
