"""Badges of a line: icon, severity, priority, state, plan, person, key."""

import re
import zlib
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from opale.ui.markup import cached_per_language, join_html

register = template.Library()

SEVERITIES = {
    "critical": pgettext_lazy("severity", "Critical"),
    "major": pgettext_lazy("severity", "Major"),
    "minor": pgettext_lazy("severity", "Minor"),
    "warning": pgettext_lazy("severity", "Warning"),
    "info": pgettext_lazy("severity", "Information"),
    "clear": pgettext_lazy("severity", "Clear"),
}
PRIORITY_BARS = 4
HUES = 8


JOINTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@register.filter
def breakable(name: str) -> SafeString:
    """A name that a program gave: where there is no room, it is broken between its words."""
    return format_html_join(SafeString("<wbr>"), "{}", ((part,) for part in JOINTS.split(name)))


@lru_cache
def _sheet(path: str) -> str:
    return static(path)


@register.simple_tag
@cached_per_language
def icon(name: str, label: str = "") -> SafeString:
    """A Tabler icon. Beside a word it is silent; alone it needs a `label`."""
    hidden = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon" {}><use href="{}#tabler-{}"></use></svg>',
        hidden,
        _sheet("vendor/icons/sprite.svg"),
        name,
    )


@register.simple_tag
@cached_per_language
def severity(value: str, label: str = "", compact: bool = False) -> SafeString:
    """Colour, shape and word. `compact` keeps the word for screen readers and the tooltip only."""
    known = value if value in SEVERITIES else "info"
    word = label or str(SEVERITIES[known])
    return format_html(
        '<span class="o-sev" data-severity="{}" title="{}">'
        '<svg aria-hidden="true"><use href="{}#{}"></use></svg>'
        "<span{}>{}</span></span>",
        known,
        word,
        _sheet("opale/marks.svg"),
        known,
        SafeString(' class="visually-hidden"') if compact else "",
        word,
    )


@register.simple_tag
@cached_per_language
def priority(number: int | None) -> SafeString:
    """P1 to P5: the fewer the number, the fuller the bars."""
    if number is None:
        return format_html('<span class="o-prio">{}</span>', "–")
    lit = max(0, PRIORITY_BARS + 1 - number)
    bars = join_html(
        format_html(
            '<rect x="{}" y="{}" width="2.4" height="{}" rx="0.6"{}></rect>',
            f"{bar * 3.5:.1f}",
            9 - 3 * bar,
            3 + 3 * bar,
            SafeString("") if bar < lit else SafeString(' class="off"'),
        )
        for bar in range(PRIORITY_BARS)
    )
    return format_html(
        '<span class="o-prio" data-priority="{}" title="{}">'
        '<svg viewBox="0 0 13 12" aria-hidden="true">{}</svg>P{}</span>',
        number,
        _("Priority %(number)s") % {"number": number},
        bars,
        number,
    )


@register.simple_tag
@cached_per_language
def state(label: str, tone: str = "") -> SafeString:
    """A state. Tones: `new`, `active`, `waiting`, `done`, `bad`, `closed`, or none."""
    return format_html('<span class="o-badge" data-tone="{}">{}</span>', tone, label)


@register.simple_tag
@cached_per_language
def plan(name: str, premium: bool = False, short: bool = False) -> SafeString:
    """The support plan of a customer, with its Premium option: in `short`, a star before it."""
    if not premium:
        return format_html('<span class="o-plan">{}</span>', name)
    whole = _("%(plan)s Premium") % {"plan": name} if name else _("Premium")
    if short and name:
        return format_html(
            '<span class="o-plan" data-premium title="{}">{}{}</span>',
            whole,
            icon("star", _("Premium")),
            name,
        )
    return format_html('<span class="o-plan" data-premium>{}{}</span>', icon("star"), whole)


@register.simple_tag
@cached_per_language
def tag(label: str) -> SafeString:
    return format_html('<span class="o-tag">{}</span>', label)


def initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[:1].isalpha()]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in ends).upper()


@register.simple_tag
@cached_per_language
def face(name: str, me: bool = False, size: str = "") -> SafeString:
    """The round initials of a person; "" for nobody yet."""
    if not name:
        nobody = _("Unassigned")
        return format_html(
            '<span class="o-face" data-nobody role="img" aria-label="{}" title="{}"></span>',
            nobody,
            nobody,
        )
    return format_html(
        '<span class="o-face" data-hue="{}" data-size="{}"{} role="img" aria-label="{}"'
        ' title="{}">{}</span>',
        zlib.crc32(name.encode()) % HUES + 1,
        size,
        SafeString(" data-me") if me else "",
        name,
        name,
        initials(name),
    )


@register.simple_tag
@cached_per_language
def person(name: str, url: str = "", me: bool = False) -> SafeString:
    """A person: initials and name; `me` says "you"."""
    shown = pgettext("the reader himself", "you") if me else (name or _("Unassigned"))
    inside = format_html(
        '<span aria-hidden="true">{}</span><span>{}</span>', face(name, me=me), shown
    )
    if url:
        return format_html('<a class="o-person" href="{}" title="{}">{}</a>', url, name, inside)
    return format_html('<span class="o-person" title="{}">{}</span>', name, inside)


@register.simple_tag
@cached_per_language
def key(name: str) -> SafeString:
    """A key of the keyboard, drawn beside what it does."""
    return format_html('<kbd class="o-key" aria-hidden="true">{}</kbd>', name)


@register.simple_tag
@cached_per_language
def count(value: int | None, loud: bool = False, limit: int = 99) -> SafeString | str:
    """A capped count; nothing at all for None or zero."""
    if not value:
        return ""
    return format_html(
        '<i class="o-count"{}>{}</i>',
        SafeString(" data-loud") if loud else "",
        value if value <= limit else f"{limit}+",
    )
