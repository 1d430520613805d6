from django.db import models

from opale.kernel.clock import now


class DomainPace(models.Model):
    """How fast mails go to one domain: how many talks began in the running minute, and until when
    its servers asked us to stay away. Whoever begins a talk holds the row.
    """

    domain = models.CharField(max_length=255, primary_key=True)
    minute = models.DateTimeField(default=now)
    begun = models.PositiveIntegerField(default=0)
    refusals = models.PositiveSmallIntegerField(default=0)
    held_until = models.DateTimeField(null=True)
