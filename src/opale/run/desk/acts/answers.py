"""Acts of proposed answers: the author edits them, the owner sends, refuses or sees them."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import button, form
from opale.run.desk.actions import answers
from opale.run.desk.acts.subjects import ANSWER
from opale.run.desk.forms.answers import AnswerForm, RefusalForm, SendingForm
from opale.run.desk.models import ProposedAnswer
from opale.run.desk.rights import CONSOLE
from opale.run.desk.shapes.tickets import MessageOut


def region_of_answers(answer: ProposedAnswer) -> str:
    return reverse("desk_answers", args=[answer.ticket.number])


ACTS = (
    form(
        ANSWER, answers.edit_answer, "edit_answer", CONSOLE, AnswerForm, noun="text", verb="PUT",
        states={"proposed"}, title=_("Edit reply"), submit=_("Save"),
        region=region_of_answers,
        initial=lambda row, _by: {"body": row.body, "next_update_at": row.next_update_at},
        said=_("Saved."), text="The author changes what nobody has decided yet.",
    ),
    button(
        ANSWER, answers.send_answer, "send_answer", CONSOLE, of=SendingForm, noun="sending",
        made=MessageOut, states={"proposed"}, optional={"body"}, names={"seen": "mark"},
        region=region_of_answers, said=_("Sent."),
        text="The owner of the ticket sends it, if it still is what was read. Without `body` it is"
        " sent as it is; `mark` is that of the text which was read.",
    ),
    form(
        ANSWER, answers.refuse_answer, "refuse_answer", CONSOLE, RefusalForm, noun="refusal",
        states={"proposed"}, title=_("Refuse reply"), submit=_("Refuse"),
        region=region_of_answers,
        said=lambda answer, _made: gettext("Reply refused. %(name)s has been notified.")
        % {"name": answer.author.name},
    ),
    button(
        ANSWER, answers.mark_answer_seen, "see_answer", CONSOLE, noun="sight", states={"sent"},
        region=region_of_answers, said=_("Marked as seen."),
        text="The owner has seen what went out with standing consent.",
    ),
)  # fmt: skip
