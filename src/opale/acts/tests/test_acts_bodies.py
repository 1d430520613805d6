"""What a body takes for each field of a form, and how it becomes what the form reads."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.contrib.auth.models import Group
from ninja import Schema
from pydantic import ValidationError

from opale.acts.bodies import body_of
from opale.acts.bound_forms import form_of, read_body
from opale.acts.declarations import Act, Subject, button, change, create, form
from opale.kernel.actor import system
from opale.kernel.errors import Invalid
from opale.ui.typed_dates import WhenField

pytestmark = pytest.mark.django_db
BY = system("test-acts")
RIGHT = "things.work"


class SpanField(forms.Field):
    body_type: ClassVar[Any] = timedelta

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, timedelta) else timedelta(hours=int(value or 0))


class ThingForm(forms.Form):
    name = forms.CharField(max_length=20)
    note = forms.CharField(max_length=20, required=False)
    count = forms.IntegerField(min_value=1, max_value=9, initial=2)
    level = forms.IntegerField(min_value=1, required=False)
    hours = forms.DecimalField(max_digits=5, decimal_places=2, required=False)
    share = forms.FloatField(required=False)
    on = forms.DateField()
    at = WhenField(required=False)
    kind = forms.ChoiceField(choices=[("rack", "Rack"), ("link", "Link")])
    colour = forms.ChoiceField(choices=[("", "–"), ("red", "Red")], required=False)
    grade = forms.TypedChoiceField(
        choices=[(n, str(n)) for n in range(1, 6)], coerce=int, required=False, empty_value=None
    )
    backward = forms.TypedChoiceField(
        choices=[("no", "No"), ("yes", "Yes")], coerce=lambda said: said == "yes"
    )
    places = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], required=False)
    urgent = forms.BooleanField(required=False)
    mail = forms.EmailField(required=False)
    group = forms.ModelChoiceField(Group.objects.none(), required=False)
    others = forms.ModelMultipleChoiceField(Group.objects.none(), required=False)
    span = SpanField(required=False)

    def __init__(self, *args: Any, by: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        seen = Group.objects.exclude(name="hidden")
        for field in ("group", "others"):
            self.fields[field].queryset = seen  # type: ignore[attr-defined]  # of a choice among rows


def nothing(*_row: object, by: object, **fields: object) -> dict[str, object]:
    """Do it. Errors: Invalid."""
    return fields


def groups(**_options: object) -> Any:
    return Group.objects.all()


THINGS: Subject[Group] = Subject(
    name="things", page="things/", endpoint="/things", home=lambda _none: ("/", "")
)
GROUP = Subject(
    name="group", model=Group, page="groups/<int:group_id>/", endpoint="/groups/{int:group_id}",
    get=lambda key, **_seen: Group.objects.get(pk=key), rows=groups, home=lambda _row: ("/", ""),
)  # fmt: skip
CREATE = create(
    THINGS, nothing, "create_thing", RIGHT, ThingForm, made=Schema, noun="", title="New",
    submit="Create",
)  # fmt: skip
LEAST: dict[str, Any] = {"name": "R1", "on": "2027-03-01", "kind": "rack", "backward": True}


def read(said: dict[str, Any], act: Act = CREATE, **things: object) -> dict[str, Any]:
    body = body_of(act)
    assert body is not None
    return read_body(act, body(**said), things, BY)


def test_what_is_left_out_is_what_the_page_would_send_untouched() -> None:
    found = read(LEAST)
    assert list(found.pop("others")) == []
    assert found == {
        "name": "R1", "note": "", "count": 2, "level": None, "hours": None, "share": None,
        "on": date(2027, 3, 1), "at": None, "kind": "rack", "colour": "", "grade": None,
        "backward": True,
        "places": [], "urgent": False, "mail": "", "group": None, "span": timedelta(),
    }  # fmt: skip


def test_a_mail_address_that_is_not_needed_may_be_empty() -> None:
    assert read(LEAST | {"mail": ""})["mail"] == ""
    with pytest.raises(ValidationError):
        read(LEAST | {"mail": "nobody"})


def test_each_field_is_read_as_its_form_reads_it() -> None:
    group = Group.objects.create(name="shown")
    said = LEAST | {
        "note": " a ", "count": 9, "level": 4, "hours": "1.25", "share": 0.5,
        "at": "2027-03-01T08:00:00+01:00", "colour": "red", "grade": 3, "backward": False,
        "places": ["a", "b"], "urgent": True, "mail": "a@example.net", "group_id": group.pk,
        "others": [group.pk], "span": "PT2H",
    }  # fmt: skip
    found = read(said)
    assert list(found.pop("others")) == [group]
    assert found == {
        "name": "R1", "note": "a", "count": 9, "level": 4, "hours": Decimal("1.25"), "share": 0.5,
        "on": date(2027, 3, 1), "at": datetime(2027, 3, 1, 8, tzinfo=ZoneInfo("Europe/Paris")),
        "kind": "rack", "colour": "red", "grade": 3, "backward": False,
        "places": ["a", "b"], "urgent": True,
        "mail": "a@example.net", "group": group, "span": timedelta(hours=2),
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "x" * 21}, {"count": 10}, {"count": None}, {"kind": "other"},
        {"colour": "blue"}, {"on": "soon"}, {"at": "2027-03-01T08:00:00"}, {"places": ["c"]},
        {"mail": "nobody"}, {"grade": 6}, {"group_id": 0}, {"hours": "1234.5"},
    ],
    ids=str,
)  # fmt: skip
def test_the_body_says_the_limits_of_the_form(wrong: dict[str, Any]) -> None:
    body = body_of(CREATE)
    assert body is not None
    with pytest.raises(ValidationError):
        body(**LEAST | wrong)


def test_the_shortest_text_is_that_of_the_form() -> None:
    class CodeForm(forms.Form):
        code = forms.CharField(min_length=2, max_length=2)

    body = body_of(form(GROUP, nothing, "code_group", RIGHT, CodeForm, noun="code", page=None))
    assert body is not None
    with pytest.raises(ValidationError):
        body.model_validate({"code": "F"})


def test_a_row_that_the_page_does_not_offer_is_refused_under_its_name_in_the_body() -> None:
    hidden = Group.objects.create(name="hidden")
    with pytest.raises(Invalid) as refusal:
        read(LEAST | {"group_id": hidden.pk, "others": [hidden.pk]})
    assert set(refusal.value.fields) == {"group_id", "others"}
    page = form_of(CREATE, {}, BY, {**LEAST, "backward": "no", "group": hidden.pk})
    assert refusal.value.fields["group_id"] == page.errors["group"][0]


def test_a_change_gives_only_what_it_names_and_leaves_the_rest_in_peace() -> None:
    class GroupForm(forms.Form):
        name = forms.CharField(max_length=20)
        parent = forms.ModelChoiceField(Group.objects.filter(name="shown"))

        def clean(self) -> dict[str, Any]:
            if self.cleaned_data.get("name") == "refused":
                raise forms.ValidationError("Not this.")
            return self.cleaned_data

    act = change(GROUP, nothing, "edit_group", RIGHT, GroupForm, title="Change", submit="Save")
    row = Group.objects.create(name="before")
    assert read({"name": "after"}, act, group=row) == {"name": "after"}
    assert read({}, act, group=row) == {}
    for wrong, names in (({"name": "refused"}, set()), ({"parent_id": row.pk}, {"parent_id"})):
        with pytest.raises(Invalid) as refusal:
            read(wrong, act, group=row)
        assert set(refusal.value.fields) == names
    with pytest.raises(Invalid) as refusal:
        read({"parent_id": None}, act, group=row)
    assert set(refusal.value.fields) == {"parent_id"}


def test_what_the_action_knows_itself_may_be_left_out_by_programs_alone() -> None:
    class DayForm(forms.Form):
        on = forms.DateField()
        reason = forms.CharField(max_length=20, required=False)

    act = form(
        GROUP, nothing, "end_group", RIGHT, DayForm, page=None, noun="end",
        optional={"on", "reason"}, names={"reason": "because"},
    )  # fmt: skip
    assert read({}, act, group=Group()) == {}
    assert read({"because": "over"}, act, group=Group()) == {"reason": "over"}
    said = {"because": "over", "on": "2027-03-01"}
    assert read(said, act, group=Group()) == {"reason": "over", "on": date(2027, 3, 1)}
    assert read({"because": ""}, act, group=Group()) == {"reason": ""}


def test_null_leaves_in_a_change_what_its_action_keeps_by_itself() -> None:
    class NamedForm(forms.Form):
        name = forms.CharField(max_length=20, required=False)

    act = change(
        GROUP, nothing, "name_group", RIGHT, NamedForm, optional={"name"}, title="Change",
        submit="Save",
    )  # fmt: skip
    row = Group.objects.create(name="before")
    assert read({"name": None}, act, group=row) == {}
    assert read({"name": ""}, act, group=row) == {"name": ""}


def test_a_form_may_say_what_the_arguments_are() -> None:
    class PairForm(forms.Form):
        first = forms.IntegerField()
        second = forms.IntegerField()

        def arguments(self) -> dict[str, Any]:
            return {"pair": (self.cleaned_data["first"], self.cleaned_data["second"])}

    act = button(GROUP, nothing, "pair_group", RIGHT, noun="pair", of=PairForm)
    assert read({"first": 1, "second": 2}, act, group=Group()) == {"pair": (1, 2)}


def test_a_field_of_an_unknown_kind_has_no_body() -> None:
    class FileForm(forms.Form):
        file = forms.FileField()

    act = button(GROUP, nothing, "attach", RIGHT, noun="files", of=FileForm)
    with pytest.raises(TypeError, match="FileField"):
        body_of(act)


def test_a_field_that_the_page_leaves_out_for_this_row_is_refused_and_not_passed_over() -> None:
    class LikeForm(forms.Form):
        name = forms.CharField(max_length=20)
        like = forms.ModelChoiceField(Group.objects.all(), required=False)

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            del self.fields["like"]

    act = button(GROUP, nothing, "copy_group", RIGHT, noun="copy", of=LikeForm)
    assert read({"name": "a", "like_id": None}, act, group=Group()) == {"name": "a"}
    with pytest.raises(Invalid) as refusal:
        read({"name": "a", "like_id": 1}, act, group=Group())
    assert set(refusal.value.fields) == {"like_id"}
