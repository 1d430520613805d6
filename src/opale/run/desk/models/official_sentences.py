from typing import ClassVar

from django.db import models
from django.db.models import Q

from opale.customers.models import Customer
from opale.kernel.clock import now
from opale.organisation.models import Language, Person
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.ticket import Ticket


class OfficialSentence(models.Model):
    """The official sentence about an incident for all concerned. Append-only: the newest counts.

    One without text is a withdrawal. `next_update_at` is when the next message was promised.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="sentences")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    french = models.TextField(blank=True)
    english = models.TextField(blank=True)
    next_update_at = models.DateTimeField(null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    author = models.CharField(max_length=200)
    at = models.DateTimeField(default=now)

    objects = DeskQuerySet["OfficialSentence"].as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(french="", english="", next_update_at=None)
                | ~Q(french="") & ~Q(english=""),
                name="sentence_in_both_languages",
            ),
        )
        indexes = (models.Index(fields=["ticket", "-id"], name="sentence_ticket"),)

    @property
    def withdrawn(self) -> bool:
        return not self.french

    def text(self, language: str) -> str:
        return self.french if language == Language.FRENCH else self.english
