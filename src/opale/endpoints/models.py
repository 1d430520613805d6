from django.db import models
from django.db.models.functions import Coalesce

from opale.kernel.clock import now


class KeptAnswer(models.Model):
    """The answer to a POST that carried an Idempotency-Key, given again when the POST is repeated.

    What answered with a secret is kept without its body. `customers` is that of the transaction
    (`opale.customers`): a customer's request sees no other.
    """

    credential = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    secret = models.BooleanField(default=False)
    content_type = models.CharField(max_length=100, blank=True)
    location = models.CharField(max_length=500, blank=True)
    customers = models.TextField(
        db_default=Coalesce(
            models.Func(
                models.Value("opale.customers"), models.Value(True), function="current_setting"
            ),
            models.Value(""),
        ),
        blank=True,
    )
    kept_at = models.DateTimeField(default=now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["credential", "key"], name="one_answer_per_key"),
        )
        indexes = (models.Index(fields=["kept_at"], name="kept_answer_age"),)
