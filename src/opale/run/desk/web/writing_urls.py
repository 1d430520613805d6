"""Where one writes: the official sentence."""

from django.urls import path

from opale.run.desk.web import sentences

urlpatterns = [
    path("desk/incidents/", sentences.incidents, name="desk_incidents"),
    path("tickets/<int:number>/sentence/", sentences.region, name="desk_sentence"),
    path("tickets/<int:number>/sentence/text/", sentences.saying, name="desk_sentence_say"),
    path(
        "tickets/<int:number>/sentence/withdrawal/",
        sentences.withdrawal,
        name="desk_sentence_withdraw",
    ),
    path(
        "tickets/<int:number>/sentence/versions/<int:sentence_id>/",
        sentences.repetition,
        name="desk_sentence_repeat",
    ),
]
