"""A model's sheet as a form: what the maker says, in millimetres, with a question wherever centimetres were typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.forms import BoundField
from django.utils import formats
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from distributions import cataloguing
from distributions.models import ChairModel, WorkshopChange
from distributions.models.catalogue import RANGED
from hajar.lib.digits import WesternDigitsFormMixin

WITH_STEP = ("seat_width", "seat_depth", "seat_to_footrest", "backrest_height")
FLAGS = [("", _("not known")), ("true", _("yes")), ("false", _("no"))]


@dataclass(frozen=True)
class Section:
    """A part of the form: ranges are rows of from, to and step; the rest are fields in their order."""

    title: str | Promise
    fields: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    lead: str | Promise = ""


SECTIONS = (
    Section(
        _("The product"),
        ("manufacturer", "name", "size", "category", "posture_class", "terrain_class", "iso9999_code", "gtin",
         "country", "price_mad"),
    ),
    Section(
        _("The seat"),
        ("footrests_are_split",),
        WITH_STEP,
        _("Heights and the footrest count from the bare seat, without a cushion."),
    ),
    Section(
        _("Supports"),
        ("tilt_max_deg", "recline_max_deg"),
        tuple(name for name in RANGED if name not in WITH_STEP),
        _("Only of supports that come with the chair."),
    ),
    Section(_("The cushion"), ("has_cushion", "cushion_compressed_mm")),
    Section(_("Whom it carries, and what it weighs"), ("chair_mass_kg", "heaviest_part_kg"), ("user_mass",)),
    Section(
        _("Outside"),
        ("overall_width_mm", "overall_length_mm", "overall_height_mm", "folded_width_mm", "folded_length_mm",
         "folded_height_mm", "seat_height_front_mm", "seat_height_rear_mm", "push_handle_height_mm",
         "turning_diameter_mm", "fits_taxi_boot"),
    ),
    Section(_("Wheels and brakes"), ("rear_wheel_mm", "castor_mm", "tyres", "brakes")),
    Section(_("What comes with it"), ("accessories", "accessories_possible", "growth_kit")),
    Section(_("Papers"), ("is_crash_tested", "standards", "manual_url", "notes")),
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One end of a range: what it is called in its row, and its field."""

    word: str | Promise
    bound: BoundField

    @property
    def widget(self) -> str:
        attrs: dict[str, str | bool] = {"class": "form-control"}
        if self.bound.errors:
            attrs = {"class": "form-control is-invalid", "aria-invalid": "true"}
        return self.bound.as_widget(attrs=attrs | {"aria-describedby": f"said-{self.bound.name}"})


@dataclass(frozen=True)
class RangeRow:
    """One dimension of the form: its name, from, to, and the step where a model has one."""

    name: str | Promise
    cells: tuple[Cell, ...]


class LengthsForm(WesternDigitsFormMixin, forms.ModelForm):
    """A form of lengths: impossible ones are refused, rare ones confirmed, centimetres converted with one tap."""

    limits_of: Mapping[str, str] = {}  # where a field has the limits of another

    def __init__(self, data=None, *args, **kwargs):
        self.were_centimetres = data.getlist("centimetres") if data else []
        self.confirmed = set(data.getlist("confirm")) if data else set()
        self.doubts: list[cataloguing.Doubt] = []
        super().__init__(self._converted(data), *args, **kwargs)

    def _converted(self, data):
        """What was sent, with the fields named in `centimetres` ("seat_width_min_mm:380") in millimetres."""
        if not self.were_centimetres:
            return data
        data = data.copy()
        for said in self.were_centimetres:
            for pair in said.split():
                name, _colon, value = pair.partition(":")
                if name in self._meta.fields and name.endswith("_mm") and value.isdecimal():
                    data[name] = value
        return data

    def _check_lengths(self, cleaned: dict) -> None:
        lengths = {self.limits_of.get(name, name): value for name, value in cleaned.items() if name.endswith("_mm")}
        names = {self.limits_of.get(name, name): name for name in cleaned}
        for doubt in cataloguing.doubts_about(lengths):
            field = names[doubt.field]
            if doubt.is_impossible or doubt.key not in self.confirmed:
                self.doubts.append(doubt)
                self.add_error(field, self._sentence(doubt))

    def _sentence(self, doubt: cataloguing.Doubt) -> Any:
        value, low, high = (formats.number_format(number) for number in (doubt.value, doubt.low, doubt.high))
        if doubt.in_mm is not None:
            words = _("Was %(value)s measured in centimetres? That would be %(in_mm)s mm.")
            return words % {"value": value, "in_mm": formats.number_format(doubt.in_mm)}
        if doubt.is_impossible:
            return _("This must be between %(low)s and %(high)s mm.") % {"low": low, "high": high}
        words = _(
            "This is usually between %(low)s and %(high)s mm. Look at the maker's sheet again, or confirm it below."
        )
        return words % {"low": low, "high": high}

    def _check_order(self, cleaned: dict, low: str, high: str) -> None:
        if cleaned.get(low) is not None and cleaned.get(high) is not None and cleaned[low] > cleaned[high]:
            self.add_error(high, _("This is below the smallest value."))

    @property
    def slips(self) -> str:
        """What the button sends that takes centimetres for what they are; "" where nothing looks like them."""
        names = {self.limits_of.get(name, name): name for name in self.fields}
        return " ".join(f"{names[doubt.field]}:{doubt.in_mm}" for doubt in self.doubts if doubt.in_mm is not None)

    @property
    def ticks(self) -> list[tuple[str, Any, str]]:
        """What can be confirmed: key, label of the field, value."""
        names = {self.limits_of.get(name, name): name for name in self.fields}
        return [
            (doubt.key, self.fields[names[doubt.field]].label, formats.number_format(doubt.value))
            for doubt in self.doubts
            if not doubt.is_impossible
        ]

    @property
    def kept_ticks(self) -> list[str]:
        """What was confirmed before and still holds."""
        return sorted(self.confirmed - {key for key, _label, _value in self.ticks}) if self.is_bound else []

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned fields, for the activity."""
        return {name: self.cleaned_data[name] for name in self.fields}


class ChairModelForm(LengthsForm):
    class Meta:
        model = ChairModel
        fields = [
            name
            for section in SECTIONS
            for name in (
                *section.fields,
                *(
                    f"{dimension}_{end}"
                    for dimension in section.ranges
                    for end in (
                        ("min_kg", "max_kg")
                        if dimension == "user_mass"
                        else ("min_mm", "max_mm", *(("step_mm",) if dimension in WITH_STEP else ()))
                    )
                ),
            )
        ]
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("fits_taxi_boot", "is_crash_tested"):
            self.fields[name].widget.choices = FLAGS
        code = self.fields["iso9999_code"]
        code.widget.attrs |= {"list": "iso-codes", "dir": "ltr", "autocomplete": "off", "placeholder": "12 22 18"}
        for name in ("gtin", "manual_url", "growth_kit"):
            self.fields[name].widget.attrs |= {"dir": "ltr", "autocomplete": "off"}
        for name in ("tilt_max_deg", "recline_max_deg"):
            self.fields[name].validators.append(MaxValueValidator(90))
        for name in ("accessories", "accessories_possible"):
            self.fields[name].label = capfirst(self.fields[name].label)

    def clean(self):
        cleaned = super().clean()
        self._check_lengths(cleaned)
        for dimension in RANGED:
            self._check_order(cleaned, f"{dimension}_min_mm", f"{dimension}_max_mm")
        self._check_order(cleaned, "user_mass_min_kg", "user_mass_max_kg")
        if cleaned.get("cushion_compressed_mm") and not cleaned.get("has_cushion"):
            self.add_error("has_cushion", _("A cushion has a thickness only where there is one."))
        return cleaned

    @property
    def sections(self) -> Iterator[tuple[Section, list[RangeRow], list[BoundField]]]:
        for section in SECTIONS:
            rows = [self._row(dimension) for dimension in section.ranges]
            yield section, rows, [self[name] for name in section.fields]

    def _row(self, dimension: str) -> RangeRow:
        ends = [("min", pgettext_lazy("length", "from")), ("max", pgettext_lazy("length", "to"))]
        if dimension == "user_mass":
            cells = [Cell(word, self[f"user_mass_{end}_kg"]) for end, word in ends]
            return RangeRow(_("user mass, kg"), tuple(cells))
        if dimension in WITH_STEP:
            ends.append(("step", _("in steps of")))
        return RangeRow(RANGED[dimension], tuple(Cell(word, self[f"{dimension}_{end}_mm"]) for end, word in ends))


class WorkshopChangeForm(LengthsForm):
    """What a workshop can change: the range of one dimension afterwards, or an accessory that it adds."""

    class Meta:
        model = WorkshopChange
        fields = ["what", "dimension", "min_mm", "max_mm", "adds", "cost_mad", "days"]

    def __init__(self, *args, model: ChairModel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.model = model

    def clean(self):
        cleaned = super().clean()
        if dimension := cleaned.get("dimension"):
            self.limits_of = {"min_mm": f"{dimension}_min_mm", "max_mm": f"{dimension}_max_mm"}
            for name in ("min_mm", "max_mm"):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Give the range of the dimension after the change."))
            self._check_lengths(cleaned)
            self._check_order(cleaned, "min_mm", "max_mm")
        elif not cleaned.get("adds") and "adds" not in self.errors:
            self.add_error("dimension", _("Say which dimension changes or what is added."))
        elif cleaned.get("min_mm") is not None or cleaned.get("max_mm") is not None:
            self.add_error("dimension", _("Say which dimension this range is of."))
        return cleaned
