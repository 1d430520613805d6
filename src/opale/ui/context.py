"""Context of the frame of full pages; evaluated only by pages that draw it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language

from opale.kernel.actor import Actor
from opale.ui import navigation, slots
from opale.ui.current_actor import current_actor
from opale.ui.js_texts import js_texts
from opale.ui.live_cursor import recorded_cursor
from opale.ui.navigation import Area, Entry, Place, Rail
from opale.ui.side_pane import is_in_side_pane, targets_side_pane

THEME_COOKIE = "opale_theme"
THEMES = ("light", "dark")
PHONE_PLACES = 4


@dataclass
class Frame:
    request: HttpRequest

    @cached_property
    def actor(self) -> Actor:
        return current_actor(self.request)

    @property
    def known(self) -> bool:
        """Whether somebody is logged in."""
        return self.actor.kind != "anonymous"

    @property
    def beside(self) -> bool:
        """Whether the page is drawn into the pane beside a list, without its frame."""
        return targets_side_pane(self.request)

    @property
    def within_beside(self) -> bool:
        """Whether the page, or the part of it, is drawn in that pane."""
        return is_in_side_pane(self.request)

    @property
    def document(self) -> str:
        return "ui/beside.html" if self.beside else "ui/document.html"

    @property
    def theme(self) -> str:
        """Theme chosen in this browser, or "" for the system's."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def zone(self) -> str:
        """Time zone of the reader's account, in which the browser writes times, wherever it is."""
        return timezone.get_current_timezone_name()

    @property
    def languages(self) -> list[tuple[str, str | Promise]]:
        return [(code, name) for code, name in settings.LANGUAGES if code in ("en", "fr")]

    @cached_property
    def rail(self) -> Rail:
        # A redrawn rail is asked for by another URL than the page it belongs to.
        path = self.request.GET.get("at") or self.request.path
        return navigation.rail_for(self.actor, path, navigation.counts_for(self.actor))

    @cached_property
    def phone_places(self) -> tuple[Place, ...]:
        """Places in the bar of telephones, four at most; the others are behind *More*."""
        chosen = [place for place in self.rail.places if place.entry.phone]
        others = [place for place in self.rail.places if not place.entry.phone]
        return (*chosen, *others)[:PHONE_PLACES]

    @property
    def phone_rest(self) -> tuple[Place, ...]:
        places = (*self.rail.places, *self.rail.more)
        return tuple(place for place in places if place not in self.phone_places)

    @property
    def arrange_url(self) -> str:
        """Address of the page where the reader chooses the places of the rail, if any."""
        return navigation.arrange_url(self.actor)

    @property
    def own_entries(self) -> tuple[Entry, ...]:
        return tuple(navigation.entries_for(self.actor, Area.ACCOUNT))

    @property
    def topics(self) -> str:
        return navigation.topics_for(self.actor)

    @property
    def shift_urls(self) -> list[str]:
        """Addresses of the slot that shows the present shift, since ui knows no shifts."""
        return slots.urls("frame.shift", self.actor)

    @property
    def top_urls(self) -> list[str]:
        """Addresses of what upper apps show in the top bar of every page."""
        return slots.urls("frame.top", self.actor, at=self.request.path)

    @property
    def live_after(self) -> str:
        """Place in the stream of changes at which this page was drawn."""
        return recorded_cursor(self.request)

    @property
    def words(self) -> dict[str, str]:
        return js_texts()


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request), "actor": current_actor(request)}
