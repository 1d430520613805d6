"""Kinds of notifications, declared by apps in `notification_kinds.KINDS`.

Source: docs/rules/notifications.md.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext_lazy

Label = str | Promise


class Pace(models.TextChoices):
    """When a notification is mailed; it is in the inbox in any case, unless the kind is off."""

    AT_ONCE = "at_once", pgettext_lazy("notifications", "Immediately")
    DIGEST = "digest", pgettext_lazy("notifications", "In the daily digest")
    INBOX = "inbox", pgettext_lazy("notifications", "In Opale only")
    OFF = "off", pgettext_lazy("notifications", "Never")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Kind of notification.

    `name` begins with the app's (`projects.assigned`); `label` is its name among the choices, under
    the heading `group`. `sentence` is a text with placeholders for the values of a notification;
    `bundled` the one for several about the same thing, with `%(count)s`. Values whose names end in
    `_on` are days and in `_at` moments, both in ISO 8601; people read them as dates of their
    language. Of `name_en` and `name_fr` the sentence says `name`, in its language. `pace` and
    `push` are the defaults.
    """

    name: str
    label: Label
    group: Label
    sentence: Label
    bundled: Label = ""
    icon: str = "bell"
    pace: Pace = Pace.DIGEST
    push: bool = False

    def text(self, values: Mapping[str, str], count: int = 1) -> str:
        """Return the sentence in the language and zone in force."""
        said: dict[str, object] = defaultdict(str, count=count)
        # A value that the sentence gained since then is left out.
        said.update((name, _said(name, value)) for name, value in values.items())
        end = f"_{(get_language() or '')[:2]}"
        said.update((name[:-3], value) for name, value in values.items() if name.endswith(end))
        sentence = self.bundled if count > 1 and self.bundled else self.sentence
        return str(sentence) % said


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known. Errors: ValueError, where two have the same name."""
    for kind in kinds:
        if _kinds.get(kind.name, kind) is not kind:
            raise ValueError(f"two kinds of notifications are named {kind.name}")
        _kinds[kind.name] = kind


def all_kinds() -> list[Kind]:
    """Return all kinds, in the order of the apps."""
    return list(_kinds.values())


def kind_of(name: str) -> Kind | None:
    """Return the kind; None for one whose app is no longer there."""
    return _kinds.get(name)


def choices() -> list[tuple[str, Label]]:
    return [(kind.name, kind.label) for kind in all_kinds()]


def _said(name: str, value: str) -> str:
    try:
        if name.endswith("_on"):
            return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
        if name.endswith("_at"):
            moment = localtime(datetime.fromisoformat(value))
            return date_format(moment, "SHORT_DATETIME_FORMAT")
    except ValueError:
        pass
    return value
