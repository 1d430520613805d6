"""What starts an automation, and what became of its runs."""

from datetime import timedelta
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Trigger(models.TextChoices):
    RECEIVED = "received", _("A ticket is received")
    CLASSIFIED = "classified", _("A ticket is classified, or its priority changes")
    STATE = "state", _("The state of a ticket changes")
    OWNER = "owner", _("A ticket is assigned to a person")
    CUSTOMER_WROTE = "customer_wrote", _("The customer writes on a ticket")
    MESSAGE_SENT = "message_sent", _("A message is sent to the customer")
    ESCALATED = "escalated", _("A ticket is escalated")
    RETURNED = "returned", _("An escalation is returned")
    RESTORED = "restored", _("The service is restored")
    BREACHED = "breached", _("An SLA is breached")
    TIME = "time", _("Time passes")


class Moment(models.TextChoices):
    """The moment from which a timed automation counts."""

    RECEIVED = "received", _("after the ticket was received")
    STATE = "state", _("after the last change of state")
    CUSTOMER_WROTE = "customer_wrote", _("after the customer last wrote")
    MESSAGE_SENT = "message_sent", _("after our last message to the customer")
    DUE = "due", _("before the next SLA is due")


class Unit(models.TextChoices):
    MINUTES = "minutes", _("minutes")
    HOURS = "hours", _("hours")
    DAYS = "days", _("days")


class Stopped(models.TextChoices):
    """Why Opale disabled an automation by itself."""

    FAILURES = "failures", _("It failed five times in a row.")
    CONDITION = "condition", _("Its condition can no longer be evaluated.")


class RunState(models.TextChoices):
    DONE = "done", pgettext_lazy("automation run", "Done")
    FAILED = "failed", pgettext_lazy("automation run", "Failed")
    UNDONE = "undone", pgettext_lazy("automation run", "Undone")
    IDLE = "idle", pgettext_lazy("automation run", "Nothing to do")
    """Recorded of timed ones alone, so that what fell due is not tried again; shown to nobody."""


ACTED: Final = (RunState.DONE, RunState.UNDONE)
"""What became of the runs that changed their ticket."""
SHOWN: Final = (RunState.DONE, RunState.FAILED, RunState.UNDONE)
"""What became of the runs that people are shown."""
MAX_DEPTH: Final = 3
"""The most automations in a chain, each of which reacts to what the one before it did."""
MAX_FAILURES: Final = 5
"""So many failures in a row disable an automation."""
MAX_RUNS: Final = 5
"""The most runs of an automation on one ticket within `RUNS_WITHIN`."""
RUNS_WITHIN: Final = timedelta(hours=1)
MAX_AHEAD: Final = timedelta(days=30)
"""The earliest before an SLA is due that an automation acts: within it, each ticket is looked at
every minute."""
