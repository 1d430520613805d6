"""Acts on mail: who takes part in a ticket, proposed links, and the rules of mailboxes."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form
from opale.messaging.models import Mailbox
from opale.run.desk.actions import participants
from opale.run.desk.acts.subjects import TICKET, place_of
from opale.run.desk.forms.desk_settings import MailboxRulesForm
from opale.run.desk.models import Participant
from opale.run.desk.queries import incoming_mail
from opale.run.desk.rights import ADMINISTER, WORK
from opale.run.desk.shapes.desk_settings import MailboxRulesOut

PARTICIPANT = Subject(
    name="participant", model=Participant, get=incoming_mail.get_participant,
    page="participants/<int:participant_id>/", home=lambda row: place_of(row.ticket),
)  # fmt: skip
MAILBOX = Subject(
    name="mailbox", model=Mailbox, get=incoming_mail.get_mailbox,
    page="desk/mailboxes/<int:mailbox_id>/", endpoint="/mail/mailboxes/{int:mailbox_id}",
    home=lambda box: (reverse("mail_in_mailbox", args=[box.pk]), box.address),
)  # fmt: skip

ACTS = (
    button(
        PARTICIPANT, participants.accept_participant, "accept_participant", WORK, noun=None,
        page="acceptance", label=_("Accept"), icon="check", undo="remove_participant",
        said=_("Participant accepted; they will receive replies."),
    ),
    button(
        PARTICIPANT, participants.remove_participant, "remove_participant", WORK, noun=None,
        page="removal", label=_("Remove"), tone="ghost", undo="accept_participant",
        said=_("Participant removed. New mail from this address opens a separate ticket."),
    ),
    button(
        TICKET, participants.accept_proposed_link, "join_proposed_link", WORK, noun=None,
        page="proposed-link/joining", label=_("Merge"), icon="arrows-join", key="j",
        said=_("Tickets merged."),
        undo=lambda _ticket, merge: f"{reverse('desk_unmerge')}?m={merge.pk}",
        success_url=lambda _ticket, merge: place_of(merge.into)[0],
    ),
    form(
        MAILBOX, participants.edit_mailbox_rules, "set_mailbox_rules", ADMINISTER, MailboxRulesForm,
        noun="rules", verb="PUT", gives=MailboxRulesOut,
        initial=lambda box, _by: MailboxRulesOut.from_orm(incoming_mail.rules_of(box)).dict(),
        title=_("Desk settings for %(mailbox)s"), submit=_("Save"), label=_("Edit"),
        icon="pencil", said=_("Saved."), text="How the desk takes what comes to the mailbox.",
    ),
)  # fmt: skip
