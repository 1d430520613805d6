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
    path("channels/new/", channels.new, name="channel_new"),
    path("channels/<int:channel_id>/", channels.show, name="channel"),
    path("channels/<int:channel_id>/edit/", channels.edit, name="channel_edit"),
    path("channels/<int:channel_id>/switch/", channels.switch, name="channel_switch"),
    path("channels/<int:channel_id>/test/", channels.trial, name="channel_trial"),
    path("channels/<int:channel_id>/delete/", channels.delete, name="channel_delete"),
    path(
        "channels/<int:channel_id>/messages/<int:message_id>/retry/",
        channels.retry,
        name="channel_retry",
    ),
    path("mail/", views.outbox, name="mail_outbox"),
    path("mail/<int:mail_id>/", views.show, name="mail_show"),
    path("mail/<int:mail_id>/retry/", views.retry, name="mail_retry"),
    path("mail/<int:mail_id>/copy/", views.copy, name="mail_copy"),
    path("mail/provider/", provider_events.receive, name="mail_provider"),
    path("mail/suppressed/", suppressions.listing, name="mail_suppressed"),
    path(
        "mail/suppressed/<int:suppression_id>/release/", suppressions.release, name="mail_release"
    ),
    path("mail-in/", incoming.listing, name="mail_in"),
    path("mail-in/<int:inbound_id>/", incoming.show, name="mail_in_show"),
    path("mail-in/<int:inbound_id>/original/", incoming.original, name="mail_in_original"),
    path("mail-in/<int:inbound_id>/replay/", incoming.replay, name="mail_in_replay"),
    path("mail-in/<int:inbound_id>/forget/", incoming.forget, name="mail_in_forget"),
    path("mail-in/quarantine/", incoming.quarantine, name="mail_in_quarantine"),
    path("mail-in/health/", mailboxes.health, name="mail_in_health"),
    path("mail-in/mailboxes/", mailboxes.listing, name="mail_in_mailboxes"),
    path("mail-in/mailboxes/new/", mailboxes.new, name="mail_in_mailbox_new"),
    path("mail-in/mailboxes/<int:mailbox_id>/", mailboxes.show, name="mail_in_mailbox"),
    path("mail-in/mailboxes/<int:mailbox_id>/edit/", mailboxes.edit, name="mail_in_mailbox_edit"),
    path(
        "mail-in/mailboxes/<int:mailbox_id>/switch/",
        mailboxes.switch,
        name="mail_in_mailbox_switch",
    ),
    path(
        "mail-in/mailboxes/<int:mailbox_id>/delete/",
        mailboxes.delete,
        name="mail_in_mailbox_delete",
    ),
    path(
        "mail-in/mailboxes/<int:mailbox_id>/trial/",
        mailbox_check.show,
        name="mail_in_mailbox_trial",
    ),
]
