"""Reminders to the authors of silences that are about to end.

Source: docs/rules/silences.md, "A word before it ends".
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.messaging.actions.outgoing import queue_mail
from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Alert, Silence
from opale.run.events.queries.silences import SOON, active_at
from opale.run.events.states import FIRING_STATES

MIN_DURATION: Final = timedelta(hours=2)
AT_ONCE: Final = 200


def remind_authors(*, by: Actor, at: datetime) -> list[int]:
    """Mail the author once for each long time in force that ends within the half hour."""
    ending = Silence.objects.filter(
        Q(reminded_at=None) | Q(reminded_at__lt=F("window_starts_at")),
        active_at(at),
        window_ends_at__lte=at + SOON,
        window_ends_at__gt=F("window_starts_at") + MIN_DURATION,
        author__user__is_active=True,
    ).select_related("author__user")
    with attributed(by):
        held = list(ending.order_by("pk").select_for_update(of=("self",))[:AT_ONCE])
        for silence in held:
            _mail(silence, by=by)
        Silence.objects.filter(pk__in=[silence.pk for silence in held]).update(reminded_at=at)
    return [silence.pk for silence in held]


def _mail(silence: Silence, *, by: Actor) -> None:
    user = silence.author.user if silence.author else None
    if user is None:
        return
    muted = Alert.objects.filter(silence=silence, state__in=FIRING_STATES).count()
    with translation.override(user.language), timezone.override(user.time_zone):
        context = {
            "silence": silence,
            "matchers": [str(Matcher.of(row)) for row in silence.matchers],
            "muted": muted,
            "link": settings.BASE_URL + reverse("events_silence", args=[silence.pk]),
        }
        queue_mail(
            by=by,
            origin=silence.topic,
            to=[user.email],
            subject=_("Your silence is about to end: %(comment)s")
            % {"comment": silence.comment[:100]},
            body=render_to_string("events/mail/silence_ends.txt", context),
            language=user.language,
            automatic=True,
        )
