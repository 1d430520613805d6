"""The number of active alerts, kept beside them."""

from typing import ClassVar

from django.db import models

from opale.customers.models import Customer, Service
from opale.run.events.models.querysets import AlertsQuerySet
from opale.run.events.states import Severity


class StandingCount(models.Model):
    """A change, up or down, of the number of active alerts of a customer, service and severity.

    Added by triggers of the table of alerts, one row for what a statement changed of each, so that
    no transaction waits for another; the sum of the rows that a transaction sees is its count. A
    job compacts the rows. Nothing else writes them.
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
