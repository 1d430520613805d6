"""Components of lists: tabs, chips, keyset pages, steps, jobs, actions, regions and slots."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from django import template
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import get_token
from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.ui import slots
from opale.ui.components.badges import count as count_mark
from opale.ui.components.badges import icon, key
from opale.ui.components.panels import attribute, flag
from opale.ui.current_actor import current_actor
from opale.ui.markup import EMPTY, join_html

register = template.Library()
Label = str | Promise


@dataclass(frozen=True, slots=True)
class Tab:
    label: Label
    url: str
    here: bool = False
    count: int | None = None

    @property
    def shown(self) -> tuple[str, bool, int | None]:
        """All that a list of known tabs shows, as a cache key (`drawn_once`): texts of an address
        are always the same, and would have to be translated to be compared.
        """
        return self.url, self.here, self.count


@dataclass(frozen=True, slots=True)
class Chip:
    """Filter chip: `on` when it narrows the list; its URL turns it the other way."""

    label: Label
    url: str
    on: bool = False
    removable: bool = False


def chips_of(query: QueryDict, name: str, choices: Iterable[tuple[str, Any]]) -> list[Chip]:
    """Return the chips of one filter: a chosen one can be taken away; a new one begins page 1."""
    asked = query.get(name, "")
    found = []
    for value, label in choices:
        changed = query.copy()
        for gone in (name, "before", "after"):
            changed.pop(gone, None)
        if value != asked:
            changed[name] = value
        found.append(Chip(label, f"?{changed.urlencode()}", value == asked, value == asked))
    return found


@dataclass(frozen=True, slots=True)
class Step:
    label: Label
    state: Literal["done", "here", "later", "failed"]


@register.filter
def pairs(query: Mapping[str, object]) -> list[tuple[str, object]]:
    """Return the names and values of an address, or of what else people name the keys of.

    In a template, `query.items` is the value of a parameter named "items" where somebody sends one.
    """
    return list(query.items())


@register.simple_tag
def tabs(items: Iterable[Tab], label: str = "") -> SafeString:
    links = format_html_join(
        "",
        '<a href="{}"{}>{}{}</a>',
        ((t.url, current(t.here), t.label, count_mark(t.count)) for t in items),
    )
    return format_html(
        '<nav class="o-tabs" aria-label="{}">{}</nav>', label or _("Page sections"), links
    )


@register.simple_tag
def chips(items: Iterable[Chip], label: str = "") -> SafeString:
    """Filters as links: the address of the page holds them."""
    links = format_html_join(
        "",
        '<a class="o-chip" href="{}"{}>{}{}</a>',
        (
            (
                chip.url,
                SafeString(' aria-current="true"') if chip.on else EMPTY,
                chip.label,
                icon("x", _("remove")) if chip.removable else EMPTY,
            )
            for chip in items
        ),
    )
    return format_html(
        '<nav class="o-chips" aria-label="{}">{}</nav>', label or _("Filters"), links
    )


def current(here: bool) -> SafeString:
    return SafeString(' aria-current="page"') if here else EMPTY


@register.simple_tag
def recent(label: str, url: str) -> SafeString:
    """The page is that of this thing: the palette offers it again to who looked at it."""
    return format_html('<span hidden data-recent="{}" data-url="{}"></span>', label, url)


@register.simple_tag(takes_context=True)
def pages(context: Context, page: Any) -> SafeString:
    """Keyset pages: newer and older, no numbers. `page` is an `opale.ui.keyset.Page`."""
    if not (page.before or page.after):
        return EMPTY
    request: HttpRequest = context["request"]
    links = format_html_join(
        "",
        '<a class="btn btn-sm" rel="{}" href="{}">{}</a>',
        (
            (rel, with_query(request, **{name: value}), text)
            for rel, name, value, text in (
                ("prev", "before", page.before, _("Previous")),
                ("next", "after", page.after, _("Next")),
            )
            if value
        ),
    )
    return format_html('<nav class="o-pages" aria-label="{}">{}</nav>', _("Pages"), links)


def with_query(request: HttpRequest, **changes: str) -> str:
    """Return the present address with another place in the list."""
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"


@register.simple_tag
def steps(items: Sequence[Step]) -> SafeString:
    """Where one stands on a way of several steps."""
    inside = format_html_join(
        "",
        '<li data-state="{}"{}><span aria-hidden="true">{}</span><span>{}</span></li>',
        (
            (
                s.state,
                SafeString(' aria-current="step"') if s.state == "here" else EMPTY,
                {"done": icon("check"), "failed": icon("x")}.get(s.state, str(number)),
                s.label,
            )
            for number, s in enumerate(items, start=1)
        ),
    )
    return format_html('<ol class="o-steps">{}</ol>', inside)


@register.simple_tag
def job(label: str, done: int, total: int, note: str = "") -> SafeString:
    """Bulk work that goes on behind: how far, and what it says."""
    return format_html(
        '<div class="o-job"><p><span>{0}</span><span class="o-quiet o-num">{1} / {2}</span></p>'
        '<progress class="o-meter" max="{2}" value="{1}" aria-label="{0}"></progress>{3}</div>',
        label,
        done,
        total,
        format_html('<small class="o-quiet">{}</small>', note) if note else EMPTY,
    )


TONES = {"primary": " btn-primary", "ghost": " btn-ghost", "danger": " btn-danger", "": ""}


@register.simple_tag(takes_context=True)
def act(
    context: Context,
    label: str,
    url: str,
    icon_name: str = "",
    key_name: str = "",
    tone: str = "",
    target: str = "",
    small: bool = False,
    disabled: str = "",
    **fields: object,
) -> SafeString:
    """A button that posts to `url`, by htmx where it can. `disabled` says why it cannot be done.

    Further keywords are posted as fields. `key_name` is the letter that presses it.
    """
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', fields.items())
    button = format_html(
        '<button class="btn{}{}"{}{}{}>{}{}{}</button>',
        TONES[tone],
        " btn-sm" if small else "",
        attribute("data-key", key_name.lower()),
        attribute("title", disabled),
        SafeString(' aria-disabled="true" type="button"') if disabled else EMPTY,
        icon(icon_name) if icon_name else EMPTY,
        label,
        key(key_name.upper()) if key_name and not disabled else EMPTY,
    )
    if disabled:
        return button
    return format_html(
        '<form method="post" action="{0}" hx-post="{0}"{1}>{2}{3}{4}</form>',
        url,
        attribute("hx-target", target),
        format_html(
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">',
            get_token(context["request"]),
        ),
        hidden,
        button,
    )


def region_id(of: Model | str, name: str) -> str:
    """Return the id of one region of a page: `desk-ticket-12-clock`."""
    if isinstance(of, Model):
        return f"{of._meta.label_lower.replace('.', '-')}-{of.pk}-{name}"
    return f"{of.replace('.', '-').replace(':', '-')}-{name}"


@register.simple_tag
def region(of: Model | str, name: str) -> str:
    return region_id(of, name)


@register.simple_tag
def live(url: str, *topics: str) -> SafeString:
    """Attributes of a region that draws itself again when one of its topics changes.

    Forms and buttons inside redraw the region too, unless they name another `hx-target`.
    """
    return format_html(
        'data-live="{}" hx-get="{}" hx-trigger="opale:changed" hx-target="this"'
        ' hx-swap="morph:outerHTML"',
        " ".join(topics),
        url,
    )


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, *args: object, **query: object) -> SafeString:
    """The regions that upper rooms put here, each fetched when it comes into sight."""
    return format_html_join(
        "",
        '<div class="o-slot" hx-get="{}" hx-trigger="revealed" hx-target="this"'
        ' hx-swap="outerHTML"></div>',
        ((url,) for url in slots.urls(name, current_actor(context["request"]), *args, **query)),
    )


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The present query with these changes; None takes a name out, and the list begins anew."""
    asked: HttpRequest = context["request"]
    kept = {k: v for k, v in asked.GET.lists() if k not in ("before", "after")}
    for name, value in changes.items():
        if value is None or value == "":
            kept.pop(name, None)
        else:
            kept[name] = [str(value)]
    return f"?{urlencode(kept, doseq=True)}"


@register.simple_tag
def row_flags(owner: int | None = None, unread: bool = False, stale: bool = False) -> SafeString:
    """Return the attributes of a row: whose it is, and whether it is unread or no longer sure.

    The browser marks the rows of its reader (`owned.js`).
    """
    owned = attribute("data-owner", owner)
    return join_html((owned, flag("data-unread", unread), flag("data-stale", stale)))
