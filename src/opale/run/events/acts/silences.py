"""Acts of silences: prolong, end, and what takes that back."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import HOME, Place, Subject, button
from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.run.events.actions import silences
from opale.run.events.acts.versions import get_version, on_version
from opale.run.events.models import Silence
from opale.run.events.queries import silences as queries
from opale.run.events.rights import WORK
from opale.run.events.shapes.silences import SilenceOut

PROLONGED_BY = timedelta(hours=1)


def place_of_silence(silence: Silence) -> Place:
    return reverse("events_silence", args=[silence.pk]), silence.comment


def get_silence(silence_id: int, *, seen_by: Actor) -> Any:
    return queries.get_silence(silence_id, seen_by=seen_by, at=now())


SILENCE = Subject(
    name="silence", model=Silence, get=get_silence, shape=SilenceOut,
    page="alerts/silences/<int:silence_id>/", endpoint="/silences/{int:silence_id}",
    home=place_of_silence, region=HOME,
)  # fmt: skip
SILENCE_VERSION: Subject[Any] = Subject(
    name="silence_version", get=get_version, within=SILENCE, page="terms/<int:version>/",
    home=lambda version: place_of_silence(version.row),
)  # fmt: skip
ACTS = (
    button(
        SILENCE_VERSION, on_version(silences.revert_silence), "revert_silence", WORK, noun=None,
        page="withdrawal", said=_("Change to the silence undone."),
    ),
    button(
        SILENCE, partial(silences.extend_silence, for_=PROLONGED_BY),
        "prolong_silence", WORK, noun=None, page="prolongation", label=_("Extend by 1 hour"),
        icon="plus", key="p", said=_("Silence extended by 1 hour."), undo="shorten_silence",
    ),
    button(
        SILENCE, partial(silences.extend_silence, for_=-PROLONGED_BY),
        "shorten_silence", WORK, noun=None, page="prolongation/withdrawal",
        said=_("Extension undone."),
    ),
    button(
        SILENCE, silences.end_silence, "end_silence", WORK, noun="end",
        label=_("End silence"), icon="player-stop", key="e", tone="ghost",
        said=_("Silence ended."), undo="resume_silence",
        text="What it muted and still stands calls somebody.",
    ),
    button(
        SILENCE, silences.resume_silence, "resume_silence", WORK, noun=None,
        page="end/withdrawal", label=_("Reactivate silence"), icon="refresh",
        said=_("Silence reactivated."),
    ),
)  # fmt: skip
