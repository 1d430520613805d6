"""Acts on mails, mailboxes, channels and addresses that take no mail."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import (
    HOME,
    Place,
    Subject,
    button,
    change,
    create,
    form,
    place,
    remove,
)
from opale.kernel.actor import Actor
from opale.messaging.actions import (
    channels,
    letterheads,
    mailboxes,
    outgoing,
    quarantine,
    suppressions,
)
from opale.messaging.forms import (
    AddressForm,
    ChannelChangeForm,
    ChannelForm,
    ForgetForm,
    LetterheadForm,
    LogoForm,
    MailboxForm,
)
from opale.messaging.models import (
    Channel,
    ChannelMessage,
    IncomingMail,
    Letterhead,
    Mailbox,
    OutgoingMail,
    Suppression,
)
from opale.messaging.queries import channels as channel_queries
from opale.messaging.queries import incoming
from opale.messaging.queries import letterheads as letterhead_queries
from opale.messaging.queries import outgoing as outgoing_queries
from opale.messaging.queries import suppressions as suppression_queries
from opale.messaging.rights import LETTERHEAD, MAILBOXES, REPLAY, RETRY
from opale.messaging.shapes import (
    ChannelMessageOut,
    ChannelOut,
    InboundMailOut,
    LetterheadOut,
    MailboxOut,
    OutgoingMailOut,
    SuppressionOut,
)
from opale.messaging.states import FORGET, MailboxSource, MailState
from opale.messaging.states import REPLAY as REPLAY_MOVE
from opale.messaging.states import RETRY as RETRY_MOVE

UNSHOWN = {"address": "", "is_on": None}
SECRETS = {"secret": "", "refresh_token": "", "is_on": None}


place_of_suppressions = place("mail_suppressed", _("Suppressed addresses"))
place_of_mailboxes = place("mail_in_mailboxes", _("Mailboxes"))
place_of_letterhead = place("mail_letterhead", _("Letterhead"))
place_of_channels = place("channels", _("Channels"))


def place_of_channel(channel: Channel) -> Place:
    return reverse("channel", args=[channel.pk]), channel.name


def place_of_mail(mail: IncomingMail) -> Place:
    return reverse("mail_in_show", args=[mail.pk]), mail.subject or _("(no subject)")


def get_message(message_id: int, *, seen_by: Actor, channel: Channel) -> ChannelMessage:
    return channel_queries.get_channel_message(channel, message_id, seen_by=seen_by)


CHANNELS: Subject[Channel] = Subject(
    name="channels", page="channels/", endpoint="/channels", home=place_of_channels
)
CHANNEL = Subject(
    name="channel", model=Channel, get=channel_queries.get_channel, rows=channel_queries.channels,
    shape=ChannelOut, page="channels/<int:channel_id>/", endpoint="/channels/{int:channel_id}",
    home=place_of_channel,
)  # fmt: skip
MESSAGE = Subject(
    name="message", model=ChannelMessage, get=get_message, within=CHANNEL,
    page="messages/<int:message_id>/", home=lambda message: place_of_channel(message.channel),
)  # fmt: skip
MAIL = Subject(
    name="mail", model=OutgoingMail, get=outgoing_queries.get_outgoing_mail, shape=OutgoingMailOut,
    page="mail/<int:mail_id>/", endpoint="/mail/outgoing/{int:mail_id}",
    home=lambda mail: (reverse("mail_show", args=[mail.pk]), mail.subject), region=HOME,
)  # fmt: skip
SUPPRESSIONS: Subject[Suppression] = Subject(
    name="suppressions",
    page="mail/suppressed/",
    endpoint="/mail/suppressed",
    home=place_of_suppressions,
)
SUPPRESSION = Subject(
    name="suppression", model=Suppression, get=suppression_queries.get_suppression,
    shape=SuppressionOut, page="mail/suppressed/<int:suppression_id>/",
    endpoint="/mail/suppressed/{int:suppression_id}", home=place_of_suppressions,
)  # fmt: skip
INCOMING = Subject(
    name="inbound", model=IncomingMail, get=incoming.get_incoming_mail, shape=InboundMailOut,
    page="mail-in/<int:inbound_id>/", endpoint="/mail/inbound/{int:inbound_id}",
    home=place_of_mail, region=HOME,
)  # fmt: skip
BOXES: Subject[Mailbox] = Subject(
    name="mailboxes", page="mail-in/mailboxes/", endpoint="/mail/mailboxes", home=place_of_mailboxes
)
BOX = Subject(
    name="mailbox", model=Mailbox, get=incoming.get_mailbox, rows=incoming.mailboxes,
    shape=MailboxOut, page="mail-in/mailboxes/<int:mailbox_id>/",
    endpoint="/mail/mailboxes/{int:mailbox_id}",
    home=lambda box: (reverse("mail_in_mailbox", args=[box.pk]), box.address),
)  # fmt: skip
LETTERHEADS: Subject[Letterhead] = Subject(
    name="letterhead", page="mail/letterhead/", endpoint="/mail/letterhead",
    home=place_of_letterhead,
)  # fmt: skip
LETTERHEAD_VERSION = Subject(
    name="letterhead_version", model=Letterhead, get=letterhead_queries.get_letterhead,
    shape=LetterheadOut, page="mail/letterhead/versions/<int:letterhead_id>/",
    endpoint="/mail/letterhead/versions/{int:letterhead_id}", home=place_of_letterhead,
)  # fmt: skip


def words_in_force(_none: object, by: Actor) -> dict[str, str]:
    held = letterhead_queries.present_letterhead(seen_by=by)
    return {name: getattr(held, name) for name in LetterheadForm.base_fields}


def undo_of_letterhead(_none: object, made: Letterhead) -> str:
    """Return the address that restores the version before; the first one has none before it."""
    before = letterhead_queries.version_before(made)
    return "" if before is None else reverse("messaging_restore_letterhead", args=[before.pk])


ACTS = (
    form(
        LETTERHEADS, letterheads.write_letterhead, "write_letterhead", LETTERHEAD, LetterheadForm,
        noun="", page="edit", verb="PUT", gives=LetterheadOut, initial=words_in_force,
        title=_("Edit letterhead"), submit=_("Save"), label=_("Edit"), icon="pencil", key="e",
        tone="primary", said=_("Letterhead saved. New mails use it."), undo=undo_of_letterhead,
    ),
    form(
        LETTERHEADS, letterheads.set_letterhead_logo, "set_letterhead_logo", LETTERHEAD, LogoForm,
        noun=None, page="logo", title=_("Set logo"), submit=_("Upload"), label=_("Set logo"),
        icon="upload", said=_("Logo saved. New mails begin with it."), undo=undo_of_letterhead,
    ),
    button(
        LETTERHEADS, letterheads.remove_letterhead_logo, "remove_letterhead_logo", LETTERHEAD,
        noun="logo", verb="DELETE", status=204, page="logo/removal", label=_("Remove logo"),
        icon="trash", said=_("Logo removed."), undo=undo_of_letterhead,
    ),
    button(
        LETTERHEAD_VERSION, letterheads.restore_letterhead, "restore_letterhead", LETTERHEAD,
        noun="restoration", made=LETTERHEAD_VERSION, label=_("Restore"), tone="ghost",
        said=_("Letterhead restored. New mails use it."), undo=undo_of_letterhead,
    ),
    create(
        CHANNELS, channels.create_channel, "create_channel", MAILBOXES, ChannelForm, made=CHANNEL,
        noun="", home=place_of_channels, title=_("New channel"), submit=_("Create"), icon="plus",
        key="c", tone="primary",
    ),
    button(
        CHANNEL, channels.try_channel, "try_channel", MAILBOXES, noun="test",
        gives=ChannelMessageOut, status=202, label=_("Send test"), icon="send", tone="primary",
        said=_("Test sent; the answer appears here."),
        text="Send a test; the answer stands on the message soon after.",
    ),
    change(
        CHANNEL, channels.edit_channel, "edit_channel", MAILBOXES, ChannelChangeForm,
        optional={"name"}, initial=lambda _channel, _by: UNSHOWN, title=_("Edit channel"),
        submit=_("Save"), label=_("Edit"), icon="edit", key="e",
    ),
    button(
        CHANNEL, channels.switch_channel, "switch_channel", MAILBOXES, noun=None, page="switch",
        said=lambda _row, is_on: gettext("Channel enabled.")
        if is_on
        else gettext("Channel disabled."),
    ),
    remove(
        CHANNEL, channels.delete_channel, "delete_channel", MAILBOXES, page="delete",
        home=place_of_channels, label=_("Delete"), tone="danger", said=_("Channel deleted."),
    ),
    button(
        MESSAGE, channels.retry_channel_message, "retry_channel_message", RETRY, move=RETRY_MOVE,
        noun=None, page="retry", said=_("Message queued again."),
    ),
    button(
        MAIL, outgoing.retry_mail, "retry_outgoing_mail", RETRY, move=RETRY_MOVE, noun="retry",
        icon="refresh", said=_("Mail queued again."),
    ),
    button(
        MAIL, outgoing.send_elsewhere, "send_mail_elsewhere", RETRY, of=AddressForm, noun="copy",
        made=MAIL, states={MailState.SENT, MailState.FAILED},
        said=lambda _mail, again: gettext("Mail sent to %(address)s.")
        % {"address": again.to[0]},
    ),
    create(
        SUPPRESSIONS, suppressions.suppress_address, "suppress_mail_address", RETRY, AddressForm,
        made=SUPPRESSION, noun="", home=place_of_suppressions, title=_("Suppress address"),
        submit=_("Suppress address"),
        said=_("Address suppressed: it gets no more automatic mail."),
    ),
    remove(
        SUPPRESSION, suppressions.release_address, "release_mail_address", RETRY, page="release",
        label=_("Remove from list"), icon="mail-check", said=_("Address no longer suppressed."),
    ),
    button(
        INCOMING, quarantine.replay_mail, "replay_inbound_mail", REPLAY, move=REPLAY_MOVE,
        noun="replay", icon="refresh", said=_("Mail queued for processing."),
    ),
    form(
        INCOMING, quarantine.forget_mail, "forget_inbound_mail", REPLAY, ForgetForm, move=FORGET,
        noun="forget", title=_("Discard mail"), submit=_("Discard mail"), icon="trash",
        said=_("Mail discarded."),
        success_url=lambda _mail, _made: reverse("mail_in_quarantine"),
    ),
    create(
        BOXES, mailboxes.create_mailbox, "create_mailbox", MAILBOXES, MailboxForm, made=BOX,
        noun="", home=place_of_mailboxes,
        initial=lambda _none, _by: {"language": "fr", "source": MailboxSource.IMAP},
        title=_("New mailbox"), submit=_("Create"), icon="plus", key="c", tone="primary",
        said=_("Mailbox created."),
    ),
    change(
        BOX, mailboxes.edit_mailbox, "edit_mailbox", MAILBOXES, MailboxForm,
        initial=lambda _box, _by: SECRETS, title="%(mailbox)s", submit=_("Save"), label=_("Edit"),
        icon="pencil", key="e", tone="primary", said=_("Mailbox saved."),
    ),
    button(
        BOX, mailboxes.switch_mailbox, "switch_mailbox", MAILBOXES, noun=None, page="switch",
        said=lambda _row, is_on: gettext("Mailbox enabled.")
        if is_on
        else gettext("Mailbox disabled."),
    ),
    remove(
        BOX, mailboxes.delete_mailbox, "delete_mailbox", MAILBOXES, page="delete",
        home=place_of_mailboxes, label=_("Delete"), tone="danger",
        said=_("Mailbox deleted."),
    ),
)  # fmt: skip
