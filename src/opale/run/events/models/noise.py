"""What made noise."""

from django.db import models


class NoiseReport(models.Model):
    """What made noise in a span of time, as it was counted; the newest one counts.

    `talkers`, `ignored` and `flapping` are lists of `Noise` (queries.noise), the noisiest first.
    """

    computed_at = models.DateTimeField()
    since = models.DateTimeField()
    talkers = models.JSONField(default=list)
    ignored = models.JSONField(default=list)
    flapping = models.JSONField(default=list)
