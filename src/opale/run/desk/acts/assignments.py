"""Acts of those who are asked for work: accept, return, finish and follow it."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import button, form
from opale.kernel import clock
from opale.run.desk.actions import answers, assignments, lifecycle
from opale.run.desk.acts.subjects import ASSIGNMENT, place_of
from opale.run.desk.forms.assignments import (
    AcceptanceForm,
    AssignmentUpdateForm,
    CompletionForm,
    MarkdownForm,
    NoteForm,
    ReturnForm,
)
from opale.run.desk.forms.tickets import RestorationForm
from opale.run.desk.models import Assignment
from opale.run.desk.models.escalation import Outcome, ReturnReason
from opale.run.desk.rights import ASSIST, WORK
from opale.run.desk.states import (
    ACCEPT,
    FINISH,
    RETURN,
    RUNNING_ASSIGNMENTS,
    WITHDRAW,
    AssignmentState,
)


def card_of(assignment: Assignment) -> str:
    """Return the address of the region with what is asked."""
    return reverse("desk_assignment_card", args=[assignment.pk])


def writing_of(assignment: Assignment) -> str:
    """Return the address of the region with the boxes for notes and messages."""
    return reverse("desk_assignment_writing", args=[assignment.pk])


ACTS = (
    form(
        ASSIGNMENT, assignments.accept_assignment, "accept_assignment", ASSIST, AcceptanceForm,
        noun="acceptance", page=None, move=ACCEPT,
    ),
    form(
        ASSIGNMENT, assignments.return_assignment, "return_assignment", ASSIST, ReturnForm,
        noun="return", move=RETURN, initial=lambda _row, _by: {"reason": ReturnReason.DEEPER},
        title=_("Return escalation"), submit=_("Return"), region=card_of,
        said=_("Returned to the ticket owner."),
    ),
    form(
        ASSIGNMENT, assignments.finish_assignment, "finish_assignment", ASSIST, CompletionForm,
        noun="completion", move=FINISH, initial=lambda _row, _by: {"outcome": Outcome.FIXED},
        title=_("Complete escalation"), submit=_("Complete"), region=card_of,
        said=_("Done. The ticket owner has been notified."),
    ),
    form(
        ASSIGNMENT, lifecycle.restore_by_work, "restore_by_work", ASSIST, RestorationForm,
        noun="restoration", states={AssignmentState.ACCEPTED}, optional={"at"},
        initial=lambda _row, _by: {"at": clock.now()}, title=_("Restore service"),
        submit=_("Mark restored"), region=card_of,
        said=_("Service marked restored. The ticket owner has been notified."),
        text="The service works again, says whoever has accepted the work at level 2 or 3; the"
        " owner of the ticket is shown it. The work goes on until it is done.",
    ),
    form(
        ASSIGNMENT, assignments.update_assignment, "follow_assignment", ASSIST,
        AssignmentUpdateForm, noun="reference", optional={"reference", "promised_at"},
        states=RUNNING_ASSIGNMENTS,
        initial=lambda row, _by: {"reference": row.reference, "promised_at": row.promised_at},
        title=_("Reference and date"), submit=_("Save"), region=card_of,
        said=_("Saved."),
        text="Their number for the work, and when they say that it will be done; what is absent"
        " stays.",
    ),
    button(
        ASSIGNMENT, assignments.withdraw_assignment, "withdraw_assignment", WORK,
        noun="withdrawal", move=WITHDRAW, stays=True, said=_("Escalation withdrawn."),
        home=lambda row: place_of(row.ticket),
    ),
    button(
        ASSIGNMENT, assignments.add_assignment_note, "note_on_assignment", ASSIST,
        of=MarkdownForm, noun=None, page="notes", region=writing_of, said=_("Note added."),
    ),
    button(
        ASSIGNMENT, assignments.mail_supplier, "mail_supplier", WORK, of=NoteForm,
        noun=None, page="mails", region=writing_of, said=_("Sent."),
    ),
    button(
        ASSIGNMENT, answers.answer_for_work, "answer_for_work", ASSIST,
        of=MarkdownForm, noun=None, page="answers", region=writing_of,
        said=lambda _row, made: gettext("Sent.")
        if getattr(made, "message_id", 0)
        else gettext("Proposed to the ticket owner."),
    ),
)  # fmt: skip
