"""What readers of scheduled reports decide for themselves.

Source: docs/rules/reports.md, "Sent on schedule".
"""

from opale.kernel.action_steps import discard
from opale.kernel.attribution import attributed
from opale.organisation.queries.identity import actor_of_person
from opale.scheduled_reports.models import Sending, Unsubscription
from opale.scheduled_reports.queries.unsubscribe_links import Subscription
from opale.scheduled_reports.states import SendingState


def unsubscribe(ending: Subscription) -> None:
    """End a report for its reader, who is sent nothing of it that waits. Again does nothing."""
    with attributed(actor_of_person(ending.person)):
        Unsubscription.objects.get_or_create(report=ending.report, person=ending.person)
        waiting = Sending.objects.filter(report=ending.report, reader=ending.person)
        waiting.filter(state=SendingState.WAITING).delete()


def subscribe_again(ending: Subscription) -> None:
    """Let a reader receive a report again that they ended."""
    with attributed(actor_of_person(ending.person)):
        found = Unsubscription.objects.filter(report=ending.report, person=ending.person).first()
        if found is not None:
            discard(found)
