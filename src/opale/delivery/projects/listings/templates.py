"""The delivery templates of offerings as a list."""

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy

from opale.customers.models import Family, Offering
from opale.customers.queries.plan_tables import offering_name
from opale.customers.queries.services import offerings
from opale.delivery.projects.models import Size
from opale.delivery.projects.queries.templates import OfferingTemplate, templates_of
from opale.delivery.projects.rights import READ
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Choice, Flag, Words


def _named(rows: QuerySet[Offering], _actor: Actor) -> QuerySet[Offering]:
    """Annotate offerings with their name in the reader's language, by which they are sorted."""
    french = (get_language() or "").startswith("fr")
    return rows.annotate(named=F("name_fr" if french else "name_en"))


def _template(line: OfferingTemplate) -> str:
    if line.own:
        return pgettext("a template", "specific")
    return pgettext("a template", "inherited")


DELIVERY_TEMPLATES = Listing(
    name="project-templates",
    title=gettext_lazy("Project templates"),
    right=READ,
    url_name="projects_templates",
    model=Offering,
    rows=offerings,
    lines=lambda rows, _actor: templates_of(rows),
    order=Order(("family", "code", "id")),
    template="projects/templates.html",
    empty=Empty(
        "package",
        gettext_lazy("No offering matches your filters"),
        gettext_lazy("No offerings yet"),
    ),
    columns=(
        Column(
            "offering", gettext_lazy("Offering"), lambda line: offering_name(line.offering),
            order="named", loads=_named, fixed=True, style="fill",
            link=lambda line: reverse("projects_template", args=[line.offering.code]),
        ),
        Column("code", gettext_lazy("Code"), "code", order=True, shown=False),
        Column("family", gettext_lazy("Family"), "family", order=True),
        Column("size", gettext_lazy("Size"), lambda line: Size(line.content.size).label),
        Column(
            "packages", gettext_lazy("Tasks"), lambda line: len(line.content.steps),
            style="end",
        ),
        Column(
            "template", pgettext_lazy("of a project", "Template"), _template,
            cell=lambda line: format_html(
                "{}" if line.own else '<span class="o-quiet">{}</span>', _template(line)
            ),
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Name or code")),
        Choice("family", gettext_lazy("Family"), Family, argument="family", menu=True),
        Flag("retired", gettext_lazy("Include retired"), argument="retired"),
    ),
)  # fmt: skip
