"""Pages of mail and channels that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.messaging import rights
from opale.messaging.actions.channels import CHANNELS
from opale.messaging.actions.outgoing import OUTBOX
from opale.messaging.actions.store_incoming import INBOX
from opale.messaging.queries import channels, incoming, outgoing
from opale.organisation.domain.headings import Heading
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Incoming mail"),
        icon="mail-opened",
        url_name="mail_in",
        right=rights.READ,
        group=Heading.MAIL,
        area=Area.SETTINGS,
        count=incoming.quarantined,
        topic=INBOX,
        loud=True,
        about=_("Mail received, with its outcome"),
        words=_("inbox"),
        order=140,
    ),
    Entry(
        label=_("Quarantine"),
        icon="shield",
        url_name="mail_in_quarantine",
        right=rights.READ,
        group=Heading.MAIL,
        area=Area.SETTINGS,
        about=_("Mails held back until somebody decides"),
        words=_("spam"),
        order=141,
    ),
    Entry(
        label=_("Mailboxes"),
        icon="inbox",
        url_name="mail_in_mailboxes",
        right=rights.READ,
        group=Heading.MAIL,
        area=Area.SETTINGS,
        about=_("Addresses that Opale reads"),
        words=_("IMAP, LMTP, Microsoft 365, Google"),
        order=142,
    ),
    Entry(
        label=_("Mail health"),
        icon="heartbeat",
        url_name="mail_in_health",
        right=rights.READ,
        group=Heading.MAIL,
        area=Area.SETTINGS,
        about=_("Delays, loops and mailboxes that cannot be read"),
        order=143,
    ),
    Entry(
        label=_("Outgoing mail"),
        icon="mail",
        url_name="mail_outbox",
        right=rights.READ,
        group=Heading.MAIL,
        area=Area.SETTINGS,
        places=("/mail/",),
        count=outgoing.failed_mails,
        topic=OUTBOX,
        loud=True,
        about=_("Mail waiting, sent or failed"),
        words=_("outbox, queue"),
        order=144,
    ),
    Entry(
        label=_("Suppressed addresses"),
        icon="mail-off",
        url_name="mail_suppressed",
        right=rights.READ,
        group=Heading.MAIL,
        area=Area.SETTINGS,
        about=_("Addresses that no longer get mail"),
        words=_("bounces"),
        order=145,
    ),
    Entry(
        label=_("Letterhead"),
        icon="photo",
        url_name="mail_letterhead",
        right=rights.LETTERHEAD,
        group=Heading.MAIL,
        area=Area.SETTINGS,
        about=_("Logo and footer of mails to customers"),
        words=_("logo, signature, branding"),
        order=146,
    ),
    Entry(
        label=_("Channels"),
        icon="plug",
        url_name="channels",
        right=rights.READ,
        group=Heading.MAIL,
        area=Area.SETTINGS,
        places=("/channels/",),
        count=channels.failed_channel_messages,
        topic=CHANNELS,
        loud=True,
        about=_("Chat rooms and other destinations of messages"),
        words=_("Slack, Teams, Mattermost, SMS"),
        order=147,
    ),
)
