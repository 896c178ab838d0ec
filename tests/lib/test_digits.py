from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.contrib.auth.models import Group
from django.utils import translation

from hajar.lib import digits

LANGUAGES = ["fr", "ar", "en"]


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("٠٥/٠٨/٢٠٢٦", "05/08/2026"),
        ("١٢٫٥", "12.5"),
        ("١٬٢٣٤٫٥", "1234.5"),
        ("حي السلام رقم ١٢", "حي السلام رقم 12"),
        ("Hay Salam n° 12", "Hay Salam n° 12"),
        ("", ""),
    ],
)
def test_digits_come_out_western_and_the_rest_untouched(typed, folded):
    assert digits.to_western(typed) == folded


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["٠٥/٠٨/٢٠٢٦", "۰۵/۰۸/۲۰۲۶", "05/08/2026", "\u200f٠٥/٠٨/٢٠٢٦", " 2026-08-05 "])
def test_a_date_is_the_fifth_of_august_in_any_digits_and_language(language, typed):
    with translation.override(language):
        assert digits.DateField().clean(typed) == date(2026, 8, 5)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("١٢٫٥", "12.5"),
        ("١٢,٥", "12.5"),
        ("1 234,5", "1234.5"),
        ("1\u202f234,5", "1234.5"),
        ("1\xa0234,5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("-3", "-3"),
    ],
)
def test_a_decimal_takes_a_point_or_a_comma_in_every_language(language, typed, number):
    with translation.override(language):
        assert digits.DecimalField().clean(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["douze", "1,2,3.4.5", "1..2", "1.2,5", "1,2345.6", "--1", "NaN", "٫"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        digits.DecimalField().clean(typed)


@pytest.mark.parametrize("cell", ["21,5", "21.5", "٢١٫٥", " ٢١٫٥ ", 21.5, Decimal("21.5"), "\u200f21.5"])
def test_a_cell_is_read_as_a_number(cell):
    assert digits.read_decimal(cell) == Decimal("21.5")


@pytest.mark.parametrize(
    "cell", ["", "21,5 kg", "n/a", "nan", float("inf"), "1_000", True, "1e999999999999999999999", "=1+1"]
)
def test_a_cell_that_holds_no_number_is_refused(cell):
    with pytest.raises(ValueError):
        digits.read_decimal(cell)


def test_whole_numbers_and_text_fold_too():
    assert digits.IntegerField(min_value=50).clean("٥٧") == 57
    assert digits.CharField().clean("حي ١٢") == "حي 12"
    assert digits.RegexField(r"^[A-Z]{2}\d{5}$").clean("BE٧٤٥٦٣") == "BE74563"
    with pytest.raises(forms.ValidationError):
        digits.IntegerField(min_value=58).clean("٥٧")


class MeasureForm(digits.WesternDigitsFormMixin, forms.Form):
    taken_on = forms.DateField()
    hip_width_mm = forms.IntegerField(min_value=100, max_value=600)
    mass_kg = forms.DecimalField(max_digits=4, decimal_places=1, widget=forms.NumberInput(attrs={"class": "short"}))
    note = forms.CharField(max_length=10, required=False)
    mail = forms.EmailField(required=False)
    moment = forms.SplitDateTimeField()


def test_whoever_types_no_date_is_shown_how_one_is_written():
    form = MeasureForm({"taken_on": "demain"})
    assert form.errors["taken_on"] == [digits.NOT_A_DATE]
    assert "05/08/2015" in form.errors["taken_on"][0]


def test_one_base_makes_a_whole_form_fold():
    form = MeasureForm(
        {
            "taken_on": "٠٥/٠٨/٢٠٢٦",
            "hip_width_mm": "٢٩٧",
            "mass_kg": "٢١٫٥",
            "note": "رقم ٣",
            "moment_0": "٠٥/٠٨/٢٠٢٦",
            "moment_1": "١٤:٣٠",
        }
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["taken_on"] == date(2026, 8, 5)
    assert form.cleaned_data["hip_width_mm"] == 297
    assert form.cleaned_data["mass_kg"] == Decimal("21.5")
    assert form.cleaned_data["note"] == "رقم 3"
    assert f"{form.cleaned_data['moment']:%d/%m/%Y %H:%M}" == "05/08/2026 14:30"


def test_limits_still_hold_after_folding():
    form = MeasureForm({"taken_on": "٣١/٠٢/٢٠٢٦", "hip_width_mm": "٩٩", "mass_kg": "٢١٫٥٥", "note": "١" * 11})
    assert {"taken_on", "hip_width_mm", "mass_kg", "note"} <= form.errors.keys()


def test_a_number_can_be_typed_in_arabic_digits_in_a_browser():
    form = MeasureForm()
    # type=number would drop them before they reach us.
    assert 'type="number"' not in str(form)
    assert 'inputmode="decimal"' in str(form["mass_kg"]) and 'class="short"' in str(form["mass_kg"])
    assert 'inputmode="numeric"' in str(form["hip_width_mm"]) and "required" in str(form["hip_width_mm"])


def test_folding_one_form_leaves_the_class_alone():
    MeasureForm()
    assert type(MeasureForm.base_fields["taken_on"]) is forms.DateField


def test_a_model_form_folds():
    class GroupForm(digits.WesternDigitsFormMixin, forms.ModelForm):
        class Meta:
            model = Group
            fields = ["name"]

    assert type(GroupForm().fields["name"]) is digits.CharField
