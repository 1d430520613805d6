from django.urls import path

from opale.messaging.web import (
    channels,
    incoming,
    mailbox_check,
    mailboxes,
    provider_events,
    suppressions,
    views,
)

urlpatterns = [
    path("channels/", channels.listing, name="channels"),
    path("channels/<int:channel_id>/", channels.show, name="channel"),
    path("mail/", views.outbox, name="mail_outbox"),
    path("mail/<int:mail_id>/", views.show, name="mail_show"),
    path("mail/provider/", provider_events.receive, name="mail_provider"),
    path("mail/suppressed/", suppressions.listing, name="mail_suppressed"),
    path("mail-in/", incoming.listing, name="mail_in"),
    path("mail-in/<int:inbound_id>/", incoming.show, name="mail_in_show"),
    path("mail-in/<int:inbound_id>/original/", incoming.original, name="mail_in_original"),
    path("mail-in/quarantine/", incoming.quarantine, name="mail_in_quarantine"),
    path("mail-in/health/", mailboxes.health, name="mail_in_health"),
    path("mail-in/mailboxes/", mailboxes.listing, name="mail_in_mailboxes"),
    path("mail-in/mailboxes/<int:mailbox_id>/", mailboxes.show, name="mail_in_mailbox"),
    path(
        "mail-in/mailboxes/<int:mailbox_id>/trial/",
        mailbox_check.show,
        name="mail_in_mailbox_trial",
    ),
]
