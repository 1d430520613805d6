"""URLs of writing: official sentences, the reply box and its drafts, text modules, macros."""

from django.urls import path

from opale.listings.pages import page_of
from opale.run.desk.listings.reference import MACROS, TEXT_MODULES
from opale.run.desk.web import (
    channel_rules,
    digests,
    drafts,
    macros,
    mail_texts,
    notice_links,
    notices,
    official_sentences,
    reply_box,
    text_modules,
)

urlpatterns = [
    path("desk/modules/", page_of(TEXT_MODULES), name="desk_modules"),
    path("desk/modules/new/", text_modules.new, name="desk_module_new"),
    path("desk/modules/<int:module_id>/", text_modules.edit, name="desk_module_edit"),
    path("desk/macros/", page_of(MACROS), name="desk_macros"),
    path("desk/macros/new/", macros.new, name="desk_macro_new"),
    path("desk/macros/<int:macro_id>/", macros.edit, name="desk_macro_edit"),
    path("desk/mail-texts/", mail_texts.listing, name="desk_mail_texts"),
    path("desk/mail-texts/<str:occasion>/<str:language>/", mail_texts.edit, name="desk_mail_text"),
    path(
        "desk/mail-texts/<str:occasion>/<str:language>/preview/",
        mail_texts.preview,
        name="desk_mail_text_preview",
    ),
    path(
        "desk/mail-texts/<str:occasion>/<str:language>/shipping/",
        mail_texts.shipping,
        name="desk_mail_text_ship",
    ),
    path("desk/channel-rules/", channel_rules.listing, name="desk_channel_rules"),
    path("preferences/following/", digests.own, name="desk_following"),
    path("unfollow/<str:token>/", digests.unfollow, name="desk_unfollow"),
    path("hear/<str:token>/", notice_links.preferences, name="desk_notice_preferences"),
    path("desk/notices/", notices.plans, name="desk_notice_plans"),
    path("desk/notices/plans/<str:code>/", notices.of_plan, name="desk_notices_of_plan"),
    path("customers/<str:code>/notices/", notices.of_customer, name="desk_notices_of_customer"),
    path("customers/<str:code>/notices/summary/", notices.summary, name="desk_notice_summary"),
    path(
        "customers/<str:code>/notices/choice/",
        notices.choice_of_customer,
        name="desk_notice_choice",
    ),
    path("contacts/<int:contact_id>/notices/", notices.of_contact, name="desk_notices_of_contact"),
    path(
        "contacts/<int:contact_id>/notices/summary/",
        notices.summary_of_contact,
        name="desk_notice_summary_of_contact",
    ),
    path("tickets/<int:number>/macros/", macros.offered, name="desk_macros_offered"),
    path("tickets/<int:number>/macros/closed/", macros.closed, name="desk_macros_closed"),
    path("tickets/<int:number>/macros/<int:macro_id>/", macros.running, name="desk_macro_run"),
    path("tickets/<int:number>/drafts/", drafts.drafts, name="desk_drafts"),
    path("tickets/<int:number>/recipients/", reply_box.recipients, name="desk_recipients"),
    path("tickets/<int:number>/voice/", reply_box.voice, name="desk_voice"),
    path("tickets/<int:number>/modules/", reply_box.offered, name="desk_modules_offered"),
    path("desk/incidents/", official_sentences.incidents, name="desk_incidents"),
    path("tickets/<int:number>/sentence/", official_sentences.region, name="desk_sentence"),
    path(
        "tickets/<int:number>/sentence/text/", official_sentences.saying, name="desk_sentence_say"
    ),
]
