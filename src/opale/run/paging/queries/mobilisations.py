"""Mobilisations and their pages."""

from typing import Literal

from django.db.models import Q, QuerySet

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.paging.models import Mobilisation, MobilisationQuerySet, Page, PageQuerySet
from opale.run.paging.states import UNANSWERED, MobilisationState

View = Literal["calling", "acknowledged", "all"]


def mobilisations(*, seen_by: Actor) -> MobilisationQuerySet:
    """Return the mobilisations that the actor may see or was paged by."""
    found = Mobilisation.objects.visible_to(seen_by)
    if seen_by.person_id is not None and not seen_by.everywhere(MobilisationQuerySet.read_right):
        own = Page.objects.visible_to(seen_by).filter(person_id=seen_by.person_id)
        found = Mobilisation.objects.filter(
            Q(pk__in=found.values("pk")) | Q(pk__in=own.values("mobilisation_id"))
        )
    return found.select_related("version__policy", "team", "customer", "answered_by")


def get_mobilisation(mobilisation_id: int, *, seen_by: Actor) -> Mobilisation:
    """Errors: NotFound, hidden and missing alike."""
    found = mobilisations(seen_by=seen_by).filter(pk=mobilisation_id).first()
    if found is None:
        raise NotFound
    return found


def unanswered_mobilisations(actor: Actor) -> QuerySet[Mobilisation]:
    """Return mobilisations without an answer: the count of the rail."""
    return Mobilisation.objects.visible_to(actor).filter(state__in=sorted(UNANSWERED))


def open_subjects(beginning: str) -> list[str]:
    """Return the open subjects with this prefix, for the room that knows them."""
    rows = Mobilisation.objects.filter(about__startswith=beginning)
    return list(rows.exclude(state=MobilisationState.RESOLVED).values_list("about", flat=True))


def found_mobilisations(
    *,
    seen_by: Actor,
    view: View = "all",
    state: str | None = None,
    about: str | None = None,
    text: str = "",
) -> MobilisationQuerySet:
    """Return those of a view, in a `state`, which may also be `open`: not over. `text` are words
    of the title.
    """
    found = mobilisations(seen_by=seen_by)
    if view == "calling":
        found = found.filter(state__in=sorted(UNANSWERED))
    elif view == "acknowledged":
        found = found.filter(state=MobilisationState.ACKNOWLEDGED)
    if state == "open":
        found = found.exclude(state=MobilisationState.RESOLVED)
    elif state:
        found = found.filter(state=state)
    for word in text.split():
        found = found.filter(title__unaccent__icontains=word)
    return found.filter(about=about) if about else found


def pages_of(mobilisation: Mobilisation) -> list[Page]:
    """Return every page by due time, of a mobilisation that the actor may see."""
    rows = mobilisation.pages.select_related("person", "within").order_by("due_at", "pk")
    return list(rows)


def own_pages(*, seen_by: Actor) -> PageQuerySet:
    """Return the pages sent to the actor."""
    if seen_by.person_id is None:
        return Page.objects.none()
    return (
        Page.objects.visible_to(seen_by)
        .filter(person_id=seen_by.person_id)
        .select_related("mobilisation__customer", "mobilisation__answered_by", "person")
    )


def get_page_of_link(page_id: int) -> Page:
    """Return the page of a link, for its holder. Errors: NotFound."""
    found = (
        Page.objects.filter(pk=page_id)
        .select_related("mobilisation__answered_by", "person__user", "person__company")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def mobilisations_of_page(page: Page) -> list[Mobilisation]:
    """Return the mobilisations that a page's message named: its own, then those beside it."""
    carried = Mobilisation.objects.filter(pages__within=page).exclude(pk=page.mobilisation_id)
    return [page.mobilisation, *carried.distinct().order_by("-severity", "started_at", "pk")]


def recipient_of_page(page: Page) -> Actor:
    """Return the person paged, as whom the holder of the link acts."""
    person = page.person
    key = f"user:{person.user_id}" if person.user_id else f"person:{person.pk}"
    return Actor("person", key, person.name, user_id=person.user_id, person_id=person.pk)
