"""Blocks that hold content: section, facts, menu, dialog, callout, why, message, empty state."""

from datetime import datetime

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opale.ui.components.badges import icon, person
from opale.ui.components.times import moment
from opale.ui.markup import EMPTY

register = template.Library()


def flag(name: str, wanted: object) -> SafeString:
    return SafeString(f" {name}") if wanted else EMPTY


def attribute(name: str, value: object) -> SafeString:
    return format_html(' {}="{}"', SafeString(name), value) if value else EMPTY


@register.simple_block_tag
def section(
    content: str,
    title: str = "",
    anchor: str = "",
    count: int | None = None,
    url: str = "",
    url_label: str = "",
    flush: bool = False,
    plain: bool = False,
) -> SafeString:
    """A titled surface. `flush` for tables and lists, `plain` without a box, `url` for all."""
    numbered = format_html(' <i class="o-count">{}</i>', count) if count is not None else EMPTY
    more = (
        format_html('<a class="btn btn-ghost btn-sm" href="{}">{}</a>', url, url_label or _("All"))
        if url
        else EMPTY
    )
    head = (
        format_html("<header><h2>{}{}</h2>{}</header>", title, numbered, more) if title else EMPTY
    )
    return format_html(
        '<section class="o-section"{}{}{}>{}<div class="o-section-body">{}</div></section>',
        attribute("id", anchor),
        flag("data-flush", flush),
        flag("data-plain", plain),
        head,
        content,
    )


@register.simple_block_tag
def facts(content: str, column: bool = False) -> SafeString:
    """A list of key facts; fill it with `fact`."""
    layout = SafeString(' data-layout="column"') if column else EMPTY
    return format_html('<dl class="o-facts"{}>{}</dl>', layout, content)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, content)


@register.simple_block_tag
def menu(
    content: str, label: str, icon_name: str = "", end: bool = False, quiet: bool = False
) -> SafeString:
    """A button that opens links and buttons. Without a word (`quiet`), the label is read."""
    inside = (
        icon(icon_name or "dots", label)
        if quiet
        else format_html(
            "{}{}{}", icon(icon_name) if icon_name else EMPTY, label, icon("chevron-down")
        )
    )
    return format_html(
        '<details class="o-menu"{}><summary class="btn{}"{}>{}</summary><div>{}</div></details>',
        flag("data-end", end),
        " btn-ghost btn-icon" if quiet else "",
        attribute("title", label if quiet else ""),
        inside,
        content,
    )


@register.simple_block_tag
def dialog(content: str, name: str, title: str) -> SafeString:
    """A modal dialog, opened by any element with `data-dialog="name"`, closed by Esc."""
    return format_html(
        '<dialog class="o-dialog" id="{0}" aria-labelledby="{0}-title"><header>'
        '<h2 id="{0}-title">{1}</h2>'
        '<button type="button" class="btn btn-ghost btn-icon btn-sm" data-close title="{2}">'
        "{3}</button>"
        '</header><div class="o-dialog-body">{4}</div></dialog>',
        name,
        title,
        pgettext("a window", "Close"),
        icon("x", pgettext("a window", "Close")),
        content,
    )


CALLOUT_ICONS = {
    "note": "info-circle",
    "good": "circle-check",
    "care": "alert-triangle",
    "bad": "alert-octagon",
}


@register.simple_block_tag
def callout(content: str, tone: str = "note") -> SafeString:
    """A sentence that must be read before going on. Tones: `note`, `good`, `care`, `bad`."""
    return format_html(
        '<div class="o-callout" data-tone="{}">{}<div>{}</div></div>',
        tone,
        icon(CALLOUT_ICONS[tone]),
        content,
    )


@register.simple_block_tag
def why(content: str, label: str = "", url: str = "") -> SafeString:
    """The reason of a computed thing, opened in place; with `url`, fetched when it is opened."""
    lazy = (
        format_html(
            ' hx-get="{}" hx-target="this" hx-swap="innerHTML"'
            ' hx-trigger="toggle from:closest details once"',
            url,
        )
        if url
        else EMPTY
    )
    return format_html(
        '<details class="o-why"><summary>{}</summary><div{}>{}</div></details>',
        label or _("Why?"),
        lazy,
        content,
    )


@register.simple_block_tag
def message(
    content: str,
    author: str,
    at: datetime,
    internal: bool = False,
    from_customer: bool = False,
    note: str = "",
    me: bool = False,
    anchor: str = "",
    voice: str = "",
    former_url: str = "",
    foot: str = "",
) -> SafeString:
    """A message of a conversation. `internal` is a note that no customer ever sees.

    `note` is a quiet word after the author: the channel, the recipient. `voice` says whose words
    they are where they are neither from nor to the customer. It was edited where `former_url` shows
    its former texts. `foot` are its buttons.
    """
    if internal:
        word = format_html(
            '<span class="o-internal-word">{}{}</span>', icon("lock"), _("Internal note")
        )
    else:
        seen = voice or (_("From the customer") if from_customer else _("To the customer"))
        word = format_html('<span class="o-public-word">{}</span>', seen)
    return format_html(
        '<article class="o-message"{}{}{}><header>{}{}{}{}{}</header>'
        '<div class="o-message-text">{}</div>{}</article>',
        attribute("id", anchor),
        flag("data-internal", internal),
        SafeString(' data-from="customer"') if from_customer else EMPTY,
        person(author, me=me),
        word,
        format_html("<span>{}</span>", note) if note else EMPTY,
        edited(former_url),
        moment(at),
        content,
        format_html("<footer>{}</footer>", foot) if foot else EMPTY,
    )


@register.simple_tag
def edited(former_url: str) -> SafeString:
    """That a text was edited, which opens its former ones; nothing without their address."""
    if not former_url:
        return EMPTY
    link = format_html('<a href="{}">{}</a>', former_url, _("Previous versions"))
    return why(link, _("edited"), former_url)


@register.simple_block_tag
def happened(content: str, at: datetime, icon_name: str = "point") -> SafeString:
    """A line of a timeline that is not a message: a move, an alert, a pause."""
    return format_html(
        '<div class="o-happened">{}<span>{}</span>{}</div>', icon(icon_name), content, moment(at)
    )


@register.simple_block_tag
def empty(
    content: str, title: str, icon_name: str = "circle-check", tone: str = "", small: bool = False
) -> SafeString:
    """Nothing here, and why. The content is a sentence and, in `o-actions`, a next step."""
    return format_html(
        '<div class="o-empty" data-tone="{}"{}>{}<h3>{}</h3>{}</div>',
        tone,
        flag("data-small", small),
        icon(icon_name),
        title,
        conditional_escape(content),
    )
