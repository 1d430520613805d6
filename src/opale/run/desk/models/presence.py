"""Presence on tickets: who has one open now. It expires after a minute without a sign."""

from django.db import models

from opale.organisation.models import Person
from opale.run.desk.models.ticket import Ticket


class Presence(models.Model):
    """A person with a ticket open now. Unlogged table: a crash of the database empties it.

    Visible to the desk alone; no customer's request may read it.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    writing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    objects = models.Manager["Presence"]()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "ticket"], name="present_once_on_a_ticket"),
        )
        indexes = (models.Index(fields=["seen_at"], name="presence_seen"),)
