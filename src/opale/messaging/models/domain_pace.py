from django.db import models

from opale.kernel.clock import now


class DomainPace(models.Model):
    """The pace of mails to one domain: the talks begun in the running minute, and until when its
    servers asked us to pause. Whoever begins a talk locks the row.
    """

    domain = models.CharField(max_length=255, primary_key=True)
    minute = models.DateTimeField(default=now)
    begun = models.PositiveIntegerField(default=0)
    refusals = models.PositiveSmallIntegerField(default=0)
    held_until = models.DateTimeField(null=True)
