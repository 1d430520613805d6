"""Declaration of a reference table: rows that are listed, made and changed, and do nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Act, FormClass, Label, Place, Subject, change, create
from opale.endpoints.http import ActorRequest
from opale.listings.declarations import Listing, New

Options = Mapping[str, Any]
Figures = Callable[[ActorRequest, Any], Mapping[str, object]]


@dataclass(frozen=True, kw_only=True)
class ReferenceTable:
    """Table without a life of its own, declared once.

    `subject` is its row, `listing` its list; `form` is filled in to make a row and to change it, by
    holders of `right`. `new` is the button of the list, pressed with `key`, and the title of the
    form that makes a row; `made` and `changed` are what is said then. `creating` and `changing` are
    further options of the two acts (those of `opale.acts.declarations.create` and `change`).

    `exchanged` are the form's fields that are columns of its file, first the one that tells the
    rows apart; `customer__code` names the row of another table by its code. Without them there is
    no file.
    `template` is the page of a row, where it needs more than `reference_tables/row.html` has, drawn
    with what `figures(request, row)` returns; "" is no page.
    `list_text` describes the endpoint of the list.
    """

    listing: Listing
    subject: Subject[Any]
    form: FormClass
    create: Callable[..., Any]
    change: Callable[..., object]
    right: str
    new: Label
    made: Label
    changed: Label
    key: str = "c"
    creating: Options = field(default_factory=dict)
    changing: Options = field(default_factory=dict)
    exchanged: tuple[str, ...] = ()
    template: str = "reference_tables/row.html"
    figures: Figures | None = None
    list_text: str = ""

    def __post_init__(self) -> None:
        making = f"{self.prefix}_create_{self.subject.name}"
        new = New(self.new, making, self.right, self.key)
        object.__setattr__(self, "listing", replace(self.listing, new=new))

    @property
    def prefix(self) -> str:
        """App's part of the names of its pages."""
        return self.listing.url_name.partition("_")[0]

    @cached_property
    def collection(self) -> Subject[Any]:
        """Subject to which the act `create` adds."""

        def home(_none: object) -> Place:
            return reverse(self.listing.url_name), self.listing.title

        return Subject(
            name=self.listing.name, page=self.subject.page.partition("<")[0],
            endpoint=self.subject.endpoint.partition("/{")[0], home=home,
        )  # fmt: skip

    @cached_property
    def acts(self) -> tuple[Act, Act]:
        """The acts that make a row and that change it."""
        name = self.subject.name
        making: Options = {
            "made": self.subject, "noun": "", "title": self.new, "submit": _("Create"),
            "said": self.made, **self.creating,
        }  # fmt: skip
        changing: Options = {
            "title": _("Edit %(name)s"), "submit": _("Save"), "label": _("Edit"), "icon": "edit",
            "key": "e", "said": self.changed, **self.changing,
        }  # fmt: skip
        return (
            create(self.collection, self.create, f"create_{name}", self.right, self.form, **making),
            change(self.subject, self.change, f"edit_{name}", self.right, self.form, **changing),
        )
