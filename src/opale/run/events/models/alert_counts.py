"""How many alerts stand, kept beside them."""

from typing import ClassVar

from django.db import models

from opale.customers.models import Customer, Service
from opale.run.events.models.querysets import AlertsQuerySet
from opale.run.events.states import Severity


class StandingCount(models.Model):
    """So many more (or fewer) alerts stand and may call, of a customer, a service and a severity.

    Added by triggers of the table of alerts, one row for what a statement changed of each: nobody
    waits for anybody, and the sum of what a transaction sees is what it would count. A job adds up
    what lies there. Nothing else writes it.
    """

    reach_paths: ClassVar[dict[str, str]] = {"customers": "customer_id"}

    customer = models.ForeignKey(
        Customer,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    service = models.ForeignKey(
        Service,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    number = models.IntegerField()

    objects = AlertsQuerySet["StandingCount"].as_manager()

    def __str__(self) -> str:
        return str(self.number)
