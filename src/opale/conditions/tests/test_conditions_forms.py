"""The form field of a condition: posted rows, its buttons without scripts, and code."""

from django import forms
from django.http import QueryDict

from opale.conditions.forms import ConditionField
from opale.conditions.tests.conditions_of_tests import SAMPLE


class SampleForm(forms.Form):
    condition = ConditionField(SAMPLE, label="Condition")


ROWS = {
    "condition-mode": ["rows"],
    "condition.0.join": ["all"],
    "condition.0.0.field": ["grade"],
    "condition.0.0.op": ["one_of"],
    "condition.0.0.value": ["minor", "critical"],
    "condition.0.1.join": ["any"],
    "condition.0.1.0.field": ["title"],
    "condition.0.1.0.op": ["contains"],
    "condition.0.1.0.value": ["Link"],
    "condition.0.1.1.field": ["lasts"],
    "condition.0.1.1.op": ["more"],
    "condition.0.1.1.value": ["1,5"],
    "condition.0.1.1.unit": ["h"],
}
CEL = 'grade in [minor, critical] && (title.contains("Link") || lasts > duration("90m"))'


def posted(**changes: list[str]) -> SampleForm:
    data = QueryDict(mutable=True)
    for name, values in (ROWS | changes).items():
        data.setlist(name, values)
    return SampleForm(data)


def test_rows_are_saved_as_cel() -> None:
    form = posted()
    assert form.is_valid(), form.errors
    assert form.cleaned_data["condition"] == CEL


def test_a_stored_condition_opens_in_the_builder() -> None:
    drawn = str(SampleForm(initial={"condition": CEL})["condition"])
    for expected in (
        'name="condition.0.0.field"',
        'name="condition.0.1.1.unit"',
        'name="condition-mode" value="rows"',
        "Grade is Minor or Critical, and (title contains “Link”, or duration is more than 90 minut",
    ):
        assert expected in drawn
    assert drawn.count(" checked") == 2
    data = QueryDict(mutable=True)
    for name, values in ROWS.items():
        data.setlist(name, values)
    assert SampleForm(data).is_valid()


def test_each_button_draws_the_builder_anew_and_saves_nothing() -> None:
    added = posted(**{"condition-do": ["add 0.1"]})
    assert not added.is_valid()
    drawn = str(added["condition"])
    assert 'name="condition.0.1.2.field"' in drawn
    assert "autofocus" in drawn
    assert "Complete" not in drawn
    grouped = str(posted(**{"condition-do": ["group 0"]})["condition"])
    assert 'name="condition.0.2.0.field"' in grouped
    removed = str(posted(**{"condition-do": ["remove 0.1"]})["condition"])
    assert 'name="condition.0.1.0.field"' not in removed
    assert 'name="condition.0.0.field"' in removed


def test_another_field_forgets_the_value_of_the_former() -> None:
    drawn = posted(
        **{
            "condition-do": ["redraw"],
            "condition.0.1.0.field": ["customer"],
            "condition.0.1.0.was": ["title"],
        }
    )["condition"]
    assert 'role="combobox"' in str(drawn)
    assert 'value="Link"' not in str(drawn)


def test_errors_stand_beside_their_rows() -> None:
    form = posted(
        **{
            "condition.0.1.0.op": ["matches"],
            "condition.0.1.0.value": ["("],
            "condition.0.1.1.value": ["soon"],
        }
    )
    assert form.errors["condition"] == ["Complete the marked rows."]
    drawn = str(form["condition"])
    assert "Not a valid regular expression." in drawn
    assert "Enter a number." in drawn
    assert drawn.count("data-bad") == 2


def test_rows_without_a_field_are_passed_over_and_nothing_at_all_is_refused() -> None:
    form = posted(**{"condition.0.2.field": [""]})
    assert form.is_valid()
    data = QueryDict("condition-mode=rows&condition.0.join=all&condition.0.0.field=")
    assert SampleForm(data).errors["condition"] == ["This field is required."]


def test_code_goes_to_rows_and_back_and_is_never_lost() -> None:
    to_code = posted(**{"condition-do": ["code"]})
    assert not to_code.is_valid()
    drawn = str(to_code["condition"])
    assert 'name="condition-mode" value="code"' in drawn
    assert "&quot;Link&quot;" in drawn
    code = {"condition-mode": "code", "condition": "hour > 3 // late"}
    data = QueryDict(mutable=True)
    data.update(code)
    form = SampleForm(data)
    assert form.is_valid()
    assert form.cleaned_data["condition"] == "hour > 3 // late"
    data["condition-do"] = "rows"
    kept = str(SampleForm(data)["condition"])
    assert "The builder cannot show this code" in kept
    assert "hour &gt; 3 // late" in kept
    data["condition"] = "hour > 3"
    assert 'name="condition.0.0.value" value="3"' in str(SampleForm(data)["condition"])


def test_a_program_sends_code() -> None:
    assert SampleForm({"condition": CEL}).is_valid()
    refused = SampleForm({"condition": "hour = 3"})
    assert refused.errors["condition"] == ["Column 6: Use == to compare."]


def test_what_is_chosen_no_longer_exists_and_stays_chosen() -> None:
    drawn = str(SampleForm(initial={"condition": 'stage == "gone"'})["condition"])
    assert '<option value="gone" selected>' in drawn
