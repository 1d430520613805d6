"""Page of a listing, whole or as the region that htmx draws again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template import Context
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from opale.acts.buttons import acts_of
from opale.acts.regions import LIST
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.capped_counts import capped_counts
from opale.kernel.errors import NotFound
from opale.listings import cells
from opale.listings.bulk import MOST
from opale.listings.cells import hidden, html, readable
from opale.listings.declarations import Column, Listing
from opale.listings.filters import Choice, Filter, Flag, Pick, Span, Words
from opale.listings.groups import groups_of
from opale.listings.menu_links import menu_links
from opale.listings.saved_views import ListSettings, SavedView, settings_of
from opale.listings.selection import COLUMNS, GROUP, SORT, Selection, groupable, sortable
from opale.ui import keyset
from opale.ui.components.lists import Chip, Tab, region_id
from opale.ui.markup import EMPTY, join_html
from opale.ui.pickers import Picker
from opale.ui.typed_dates import DayField

Label = str | Promise
COUNTED_TO: Final = 1_000
"""Limit of a count, which then says "more": an exact one costs as much as reading the rows."""
NOTHING_FIXED: Final[Mapping[str, str]] = {}
STYLES: Final = {"end": "o-end", "fill": "o-fill", "number": "", "wrap": "o-wrap", "": ""}


def page_of(listing: Listing) -> Callable[..., Any]:
    """Return the view of a listing's page, for `path()`."""

    @require_GET
    @needs(listing.right)
    def view(request: ActorRequest) -> HttpResponse:
        return render_list(request, listing)

    return view


def render_list(request: ActorRequest, listing: Listing) -> HttpResponse:
    """Return the page of an address; to htmx its region alone."""
    context = context_of(request, listing)
    template = "listings/_list.html" if request.htmx else listing.template
    return render(request, template, context)


def render_list_within(
    request: ActorRequest,
    listing: Listing,
    template: str,
    region: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
    **fixed: str,
) -> HttpResponse:
    """Return the page of a row that has a list of what belongs to it.

    `fixed` is the filter, of the name of the row's column, that its address has in place of a
    parameter. `template` and `region`, which htmx is given, include `listings/_list.html`; where
    the list alone is asked for, it is drawn alone. Errors: NotFound, where the filter does not
    know the row.
    """
    (name,) = fixed
    found = context_of(request, listing.within(name), fixed)
    if request.headers.get("HX-Target") == found["region"]:
        region = "listings/_list.html"
    drawn_by = region if request.htmx else template
    return render(request, drawn_by, _joined(listing, found, context), status=status)


def context_of(
    request: ActorRequest, listing: Listing, fixed: Mapping[str, str] = NOTHING_FIXED
) -> dict[str, Any]:
    actor, query = request.actor, request.GET.copy()
    for name, value in fixed.items():
        query[name] = value
    saved = settings_of(listing.name, actor)
    selection = Selection.read(listing, query, actor, saved.columns)
    if not selection.values.keys() >= fixed.keys():
        raise NotFound
    groups = groups_of(selection) if selection.group else None
    rows = selection.rows() if groups is None else listing.model._default_manager.none()
    page = keyset.page(rows, selection.order, query, listing.size)
    acts = listing.acts_for(actor) if groups is None else ()
    rows_page = listing.rows_page_for(actor) if groups is None else None
    marks = bool(acts or rows_page)
    here = selection.address()
    number = matching(selection, page) if groups is None else 0
    view_here = _view_here(saved, here, actor)
    title = view_here.name if view_here else str(listing.title)
    context = {
        "listing": listing,
        "region": region_id(listing.name, "list"),
        "page": page,
        "head": head(selection, marks=marks),
        "body": body(selection, page.rows, marks=marks, request=request),
        "count": said_count(number) if groups is None else _results(groups.total),
        "most_marked": MOST if number > MOST else 0,
        "grouped": groups,
        "groupings": _groupings(selection),
        "topic": listing.topic(request) if callable(listing.topic) else listing.topic,
        "address": here,
        "ungrouped": f"?{selection.address(**{GROUP: ''})}",
        "address_to_keep": _with_columns(selection),
        **filter_context(selection),
        "empty": selection.empty or listing.empty,
        "narrowed": selection.is_narrowed(fixed) and selection.empty is None,
        "tabs": _tabs(selection),
        "clear": request.path if fixed else reverse(listing.url_name),
        "columns": _choosable(selection),
        "views": _views(listing, saved, selection, actor),
        "keeps": actor.person_id is not None,
        "view_here": view_here,
        "links": [] if fixed else menu_links(actor, listing.name, title, here),
        "marks": marks,
        "acts": acts,
        "rows_page": rows_page,
        "may_create": listing.new is not None and listing.new.opens_to(actor),
    }
    return _joined(listing, context, listing.figures(request) if listing.figures else {})


def filter_context(selection: Selection) -> dict[str, Any]:
    """Return what `listings/_filters.html` draws, and the form of further filters."""
    return {
        "search": _search(selection),
        "groups": list(_groups(selection)),
        "menus": list(_menus(selection)),
        "in_force": _in_force(selection),
        "further": _further(selection),
    }


def _with_columns(selection: Selection) -> str:
    """Return the address of a selection, with the columns that its reader chose for the list."""
    columns = [one.name for one in selection.columns if not one.fixed]
    chosen = selection.chosen or selection.saved
    return selection.address(**({COLUMNS: ",".join(columns)} if chosen else {}))


def _view_here(saved: ListSettings, here: str, actor: Actor) -> SavedView | None:
    """Return the saved view that the page shows, one's own first.

    A view of others that narrows nothing gives its name to no page: it is just the list.
    """
    found = sorted(
        (one for one in saved.views if one.query == here),
        key=lambda one: one.person_id != actor.person_id,
    )
    return next((one for one in found if here or one.person_id == actor.person_id), None)


def _joined(
    listing: Listing, context: dict[str, Any], further: Mapping[str, object]
) -> dict[str, Any]:
    """Return the context with what a page has beside its list, which replaces nothing of it."""
    if taken := context.keys() & further.keys():
        raise ValueError(f"{listing.name}: the kit draws with {', '.join(sorted(taken))} itself")
    return {**context, **further}


def matching(selection: Selection, page: keyset.Page[Any]) -> int:
    """Return how many lines match, counted no further than just above COUNTED_TO."""
    if page.before or page.after:
        (number,) = capped_counts([selection.narrowed()], COUNTED_TO + 1)
        return number
    return len(page.rows)


def said_count(number: int) -> str:
    return _results(min(number, COUNTED_TO), "+" if number > COUNTED_TO else "")


def _results(number: int, more: str = "") -> str:
    shown = number_format(number, force_grouping=True) + more
    return ngettext("%(count)s result", "%(count)s results", number) % {"count": shown}


def _groupings(selection: Selection) -> list[Chip]:
    """Return the columns by which the list can be counted, each with its address."""
    may = groupable(selection.listing, selection.actor)
    columns = [one for one in selection.listing.columns if one.name in may]
    return [
        Chip(
            _("%(column)s, by month") % {"column": one.label} if one.group and one.group.month
            else one.label,
            f"?{selection.address(**{GROUP: one.name, SORT: ''})}",
            one.name == selection.group,
        )
        for one in columns
    ]  # fmt: skip


def head(selection: Selection, *, marks: bool) -> SafeString:
    """Return the header row: a sortable column is a link, and shows how it is sorted."""
    listing, may = selection.listing, sortable(selection.listing, selection.actor)
    region = region_id(listing.name, "list")
    cells = [_mark_all(listing)] if marks else []
    for column in selection.columns:
        label: Any = column.label
        if column.quiet_label:
            label = format_html('<span class="visually-hidden">{}</span>', label)
        sorted_now = _sorted(selection, column)
        if column.name in may:
            turned = f"-{column.name}" if sorted_now == "ascending" else column.name
            label = format_html(
                '<a href="?{0}" hx-get="?{0}" hx-target="#{1}" hx-push-url="true">{2}</a>',
                selection.address(**{SORT: turned}),
                region,
                label,
            )
        state = format_html(' aria-sort="{}"', sorted_now) if sorted_now else EMPTY
        cells.append(format_html('<th scope="col"{}{}>{}</th>', _class(column), state, label))
    if listing.line_acts:
        quiet = '<th scope="col" class="o-end"><span class="visually-hidden">{}</span></th>'
        cells.append(format_html(quiet, _("Actions")))
    return format_html_join("", "{}", ((cell,) for cell in cells))


def _mark_all(listing: Listing) -> SafeString:
    return format_html(
        '<th class="l-mark"><input type="checkbox" data-mark-all aria-label="{}" hidden></th>',
        _("Select all rows on this page"),
    )


def _sorted(selection: Selection, column: Column) -> str:
    """Return the sort direction of a column for `aria-sort`; "" where it is not sorted."""
    if selection.sort:
        if selection.sort.lstrip("-") != column.name:
            return ""
        return "descending" if selection.sort.startswith("-") else "ascending"
    first = selection.order.columns[0]
    if not column.order or column.sorted_by[0] != first.lstrip("-"):
        return ""
    return "descending" if first.startswith("-") else "ascending"


def _class(column: Column) -> SafeString:
    style = STYLES[column.style]
    return format_html(' class="{}"', style) if style else EMPTY


def body(
    selection: Selection, rows: Sequence[Any], *, marks: bool, request: ActorRequest
) -> SafeString:
    """Return the lines of the table."""
    listing, columns = selection.listing, selection.columns
    within = readable(listing, columns, rows, selection.actor)
    lines = listing.lines(rows, selection.actor)
    names = map(listing.named, lines) if listing.named else rows
    return format_html_join(
        "",
        '<tr id="{}"{}>{}{}{}</tr>',
        (
            (
                region_id(row, "line"),
                _flags(listing.row_flags(line)) if listing.row_flags else EMPTY,
                _mark(listing, row, name) if marks else EMPTY,
                _cells(selection, line, row, within),
                _line_acts(listing, row, request) if listing.line_acts else EMPTY,
            )
            for line, row, name in zip(lines, rows, names, strict=True)
        ),
    )


def _flags(flags: Mapping[str, bool]) -> SafeString:
    return format_html_join("", " data-{}", ((name,) for name, on in flags.items() if on))


def _mark(listing: Listing, row: Any, name: object) -> SafeString:
    return format_html(
        '<td class="l-mark"><input type="checkbox" name="n" value="{}" form="{}" data-mark'
        ' aria-label="{}"></td>',
        row.pk,
        region_id(listing.name, "acts"),
        _("Select %(name)s") % {"name": name},
    )


def _cells(
    selection: Selection, line: Any, row: Any, within: dict[str, frozenset[int]]
) -> SafeString:
    drawn = []
    for one in selection.columns:
        inside = EMPTY if hidden(one, row, within) else html(one, line, row, selection.actor)
        named = format_html(' data-label="{}"', one.label) if not one.fixed else EMPTY
        if not inside or inside is cells.NOTHING:
            named += SafeString(" data-empty")  # a phone leaves it out
        drawn.append(format_html("<td{}{}>{}</td>", _class(one), named, inside))
    return join_html(drawn)


def _line_acts(listing: Listing, row: Any, request: ActorRequest) -> SafeString:
    """Return the cell with the buttons of a line's acts."""
    names = listing.line_acts_of(row, request.actor)
    context = Context({"request": request})
    here: dict[str, Any] = {LIST: request.get_full_path()}
    drawn = acts_of(context, row, *names, small=True, quiet=True, **here) if names else EMPTY
    if not drawn:
        return SafeString('<td class="o-end" data-empty></td>')
    return format_html('<td class="o-end"><div class="o-actions">{}</div></td>', drawn)


def _search(selection: Selection) -> dict[str, Any] | None:
    words = next((one for one in selection.filters if isinstance(one, Words)), None)
    if words is None:
        return None
    said = selection.parameters(**{words.name: ""})
    return {
        "name": words.name,
        "label": words.label,
        "text": selection.values.get(words.name, ""),
        "hidden": said.items(),
    }


@dataclass(frozen=True, slots=True)
class Group:
    """Chips of one filter."""

    label: Label
    chips: list[Chip]


def _shown_filters(selection: Selection) -> list[Filter]:
    """Return the filters that are drawn as chips, menus or fields; tabs are drawn over the list."""
    return [one for one in selection.filters if one.drawn and not _is_tabs(one)]


def _is_tabs(one: Filter) -> bool:
    return isinstance(one, Choice) and one.tabs


def _tabs(selection: Selection) -> list[Tab]:
    """Return the parts of the list as tabs, which keep what else narrows it."""
    found = []
    for one in selection.filters:
        if not (isinstance(one, Choice) and one.tabs):
            continue
        value = selection.values.get(one.name) or one.every
        counts = one.counts(selection.actor) if one.counts else {}
        for choice, label in one.offered(selection.actor):
            asked = "" if choice == one.default else choice
            url = f"?{selection.address(**{one.name: asked})}"
            found.append(Tab(label, url, choice == value, counts.get(choice)))
    return found


def _without(selection: Selection, one: Filter) -> str:
    """Return the address without a filter."""
    return f"?{selection.address(**dict.fromkeys(one.names, ''))}"


def _groups(selection: Selection) -> Iterator[Group]:
    """Return flags and short choices as groups of chips, one for each value."""
    flags = []
    for one in _shown_filters(selection):
        value = selection.values.get(one.name)
        value = None if one.name in selection.negated else value
        if isinstance(one, Flag) and one.offered(selection.actor):
            said = {one.name: ""} | one.written(None if value else True)
            url = f"?{selection.address(**said)}"
            flags.append(Chip(one.label, url, bool(value), bool(value)))
        elif isinstance(one, Choice) and not one.menu:
            yield Group(one.label, _choices(selection, one, value))
    if flags:
        yield Group(_("Filters"), flags)


def _choices(selection: Selection, one: Choice, value: Any) -> list[Chip]:
    chips = []
    for choice, label in one.offered(selection.actor):
        on = choice in one.parts(value)
        on = on or (value is None and choice == one.every and bool(one.default))
        lifted = choice == one.default or (on and not one.several)
        asked = "" if lifted else one.toggled(value, choice)
        url = f"?{selection.address(**{one.name: asked})}"
        chips.append(Chip(label, url, on, on and choice != one.default))
    return chips


def _menus(selection: Selection) -> Iterator[Group]:
    """Return choices that are too many for chips as menus of links, one for each filter."""
    for one in _shown_filters(selection):
        if isinstance(one, Choice) and one.menu:
            value = selection.values.get(one.name)
            value = None if one.name in selection.negated else value
            yield Group(one.label, _choices(selection, one, value))


def _in_force(selection: Selection) -> list[Chip]:
    """Return the removable chips of filters in force that have no chip of their own, and of all
    that can be negated the chip that does so."""
    found = []
    for one in _shown_filters(selection):
        value = selection.values.get(one.name)
        if value is None or isinstance(one, Words):
            continue
        negated = one.name in selection.negated
        words = {"filter": one.label, "value": one.said(value, selection.actor) or value}
        if negated:
            pattern = (
                _("Not %(value)s") if isinstance(one, Flag) else _("%(filter)s is not: %(value)s")
            )
            found.append(Chip(pattern % words, _without(selection, one), on=True, removable=True))
        elif not _has_own_chip(selection, one, value):
            label = _("%(filter)s: %(value)s") % words
            found.append(Chip(label, _without(selection, one), on=True, removable=True))
        if selection.may_negate(one):
            pattern = _("Only %(value)s") if negated else _("Exclude %(value)s")
            found.append(Chip(pattern % words, f"?{selection.inverted(one)}"))
    return found


def _has_own_chip(selection: Selection, one: Filter, value: Any) -> bool:
    """Return whether the value is pressed among the filter's own chips."""
    if isinstance(one, Flag):
        return True
    if not isinstance(one, Choice) or one.menu:
        return False
    shown = {choice for choice, _label in one.offered(selection.actor)}
    return shown.issuperset(one.parts(value)) or value == one.default


def _further(selection: Selection) -> dict[str, Any] | None:
    """Return the form of the typed and picked filters, with the rest of the address."""
    typed = [
        one
        for one in _shown_filters(selection)
        if isinstance(one, Span) or (isinstance(one, Pick) and one.picker)
    ]
    if not typed:
        return None
    names = {name for one in typed for name in one.names}
    said = selection.parameters()
    return {
        "form": _form(selection, typed),
        "hidden": [(name, value) for name, value in said.items() if name not in names],
    }


def _form(selection: Selection, typed: Sequence[Filter]) -> forms.Form:
    form = forms.Form(initial=selection.parameters(), auto_id="l-%s")
    for one in typed:
        if isinstance(one, Pick):
            form.fields[one.name] = forms.ModelChoiceField(
                one.rows(selection.actor),
                label=str(one.label),
                required=False,
                widget=Picker(one.picker),
            )
            continue
        for name, label in zip(one.names, (_("%(name)s from"), _("%(name)s until")), strict=True):
            form.fields[name] = DayField(label=label % {"name": one.label}, required=False)
    return form


def _choosable(selection: Selection) -> list[tuple[Column, bool]]:
    """Return the columns that the actor may choose, and whether each is shown."""
    return [
        (one, one in selection.columns)
        for one in selection.listing.offered(selection.actor)
        if not one.fixed
    ]


def _views(
    listing: Listing, saved: ListSettings, selection: Selection, actor: Actor
) -> list[tuple[SavedView, str, bool, bool]]:
    """Return the saved views: each with its address, and whether it is the current one or the
    actor's.
    """
    root, here = reverse(listing.url_name), selection.address()
    return [
        (one, f"{root}?{one.query}", one.query == here, one.person_id == actor.person_id)
        for one in saved.views
    ]


def address_asked(request: HttpRequest, listing: Listing, actor: Actor) -> str:
    """Return the filters, order and columns that a form sends along, as an address."""
    query = QueryDict(request.POST.get("query", ""))
    return Selection.read(listing, query, actor).address()
