"""Reports of noise."""

from django.db import models


class NoiseReport(models.Model):
    """A report of the noise in a span of time, as it was counted; the newest one counts.

    `talkers`, `ignored` and `flapping` are lists of `NoiseLine` (queries.noise), noisiest first.
    """

    computed_at = models.DateTimeField()
    since = models.DateTimeField()
    talkers = models.JSONField(default=list)
    ignored = models.JSONField(default=list)
    flapping = models.JSONField(default=list)
