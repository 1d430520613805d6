from django.urls import path

from opale.listings.pages import page_of
from opale.messaging.listings.channels import CHANNELS
from opale.messaging.listings.incoming_mails import INCOMING_MAILS
from opale.messaging.listings.outgoing_mails import OUTGOING_MAILS
from opale.messaging.listings.quarantine import QUARANTINED_MAILS
from opale.messaging.listings.suppressions import SUPPRESSED_ADDRESSES
from opale.messaging.web import (
    channels,
    incoming,
    letterheads,
    mailbox_check,
    mailboxes,
    provider_events,
    views,
)

urlpatterns = [
    path("channels/", page_of(CHANNELS), name="channels"),
    path("channels/<int:channel_id>/", channels.show, name="channel"),
    path("mail/", page_of(OUTGOING_MAILS), name="mail_outbox"),
    path("mail/<int:mail_id>/", views.show, name="mail_show"),
    path("mail/letterhead/", letterheads.show, name="mail_letterhead"),
    path(
        "mail/letterhead/preview/<str:language>/",
        letterheads.preview,
        name="mail_letterhead_preview",
    ),
    path("mail/provider/", provider_events.receive, name="mail_provider"),
    path("mail/suppressed/", page_of(SUPPRESSED_ADDRESSES), name="mail_suppressed"),
    path("mail-in/", page_of(INCOMING_MAILS), name="mail_in"),
    path("mail-in/<int:inbound_id>/", incoming.show, name="mail_in_show"),
    path("mail-in/<int:inbound_id>/original/", incoming.original, name="mail_in_original"),
    path("mail-in/quarantine/", page_of(QUARANTINED_MAILS), name="mail_in_quarantine"),
    path("mail-in/health/", mailboxes.health, name="mail_in_health"),
    path("mail-in/mailboxes/", mailboxes.listing, name="mail_in_mailboxes"),
    path("mail-in/mailboxes/<int:mailbox_id>/", mailboxes.show, name="mail_in_mailbox"),
    path(
        "mail-in/mailboxes/<int:mailbox_id>/trial/",
        mailbox_check.show,
        name="mail_in_mailbox_trial",
    ),
]
