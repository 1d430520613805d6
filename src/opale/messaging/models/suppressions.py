from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.messaging import rights
from opale.messaging.domain.failure_reasons import COMPLAINT_STATUS
from opale.messaging.models.outgoing import OutgoingMail


class SuppressionQuerySet(OwnedQuerySet["Suppression"]):
    read_right = rights.READ


@tracked(creation=True)
class Suppression(models.Model):
    """An address, or a domain (`@example.com`), in lower case, to which no automatic mail is sent.

    `answer` is what its server said, in its own words; "" where a person entered the address,
    COMPLAINED where its reader reported a mail as spam, SPAM_SENDER_STATUS where it sends spam
    itself: its mails go to quarantine.
    """

    address = models.CharField(_("Address"), max_length=320, unique=True)
    answer = models.TextField(_("Server response"), blank=True)
    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(_("Since"), default=now)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ("-since", "-id")
        indexes = (models.Index(fields=["-since", "-id"], name="suppression_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(address=models.functions.Lower("address")) & ~Q(address=""),
                name="suppression_in_lower_case",
            ),
        )

    def __str__(self) -> str:
        return self.address

    @property
    def is_complaint(self) -> bool:
        """Return whether the address exists, and its reader reported a mail as spam."""
        return self.answer == COMPLAINT_STATUS
