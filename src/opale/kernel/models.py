from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models.functions import Now


class StateMove(models.Model):
    """One move of one row of any state machine. Append-only."""

    subject = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    move = models.CharField(max_length=32)
    source = models.CharField(max_length=32)
    target = models.CharField(max_length=32)
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            models.Index(fields=["subject", "subject_id", "id"], name="kernel_move_subject"),
            # What was reopened is little of all that moved: reports count it.
            models.Index(
                fields=["subject", "subject_id"],
                condition=models.Q(move="reopen"),
                name="kernel_move_reopened",
            ),
        )


class Fact(models.Model):
    """Outbox: fact announced in the transaction that made it true. Append-only."""

    name = models.CharField(max_length=64)
    body = models.JSONField()
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    announced_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["announced_at"], name="kernel_fact_announced"),)


class FactDelivery(models.Model):
    """Record that one listener has handled one fact. Append-only."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="deliveries")
    listener = models.CharField(max_length=100)
    delivered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["fact", "listener"], name="fact_delivered_once"),
        )


class Change(models.Model):
    """Changed topic that live pages must read again. Ordered by transaction, so that late commits
    are not missed.

    `id > last` on a sequence would miss a transaction that took its number early and committed
    late; readers go by `transaction` and stop below the oldest one still running.
    """

    transaction = models.BigIntegerField(
        db_default=models.expressions.RawSQL("pg_current_xact_id()::text::bigint", ())
    )
    topic = models.CharField(max_length=100)
    customer_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        indexes = (
            models.Index(fields=["transaction", "id"], name="kernel_change_order"),
            models.Index(fields=["made_at"], name="kernel_change_made"),
        )


class ReferenceChange(models.Model):
    """Record that a transaction changed reference data (`kernel.reference_cache`); written by
    triggers alone.
    """

    transaction = models.BigIntegerField(primary_key=True)
    mark = models.BigIntegerField()
    made_at = models.DateTimeField(db_default=Now())


class Heartbeat(models.Model):
    """The last sign of life of each process of this installation."""

    process = models.CharField(max_length=100, primary_key=True)
    kind = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    beaten_at = models.DateTimeField()
