"""The checklist of a chair that is about to leave: every point in order, or not applicable."""

from dataclasses import dataclass

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from distributions import preparing
from distributions.models import Chair, Preparation
from hajar.lib import pictures
from hajar.lib.digits import WesternDigitsFormMixin

Point, Answer = Preparation.Point, Preparation.Answer
HYGIENE = (Point.DISINFECTED, Point.NO_MOULD, Point.SEALED)
CHILD = (Point.SET_TO_CHILD,)


@dataclass(frozen=True)
class Part:
    title: str | Promise
    points: list[BoundField]


class PreparationForm(WesternDigitsFormMixin, forms.Form):
    """One question for each point; points that cannot apply to this chair are answered already, and may be changed."""

    disinfectant = forms.CharField(
        label=_("Disinfected with"), max_length=80, required=False, help_text=_("The product, and how long it acted.")
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    photo = forms.FileField(
        label=_("Photo of the chair"),
        required=False,
        help_text=_("If you wish. Only the chair: no child, no name."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
    )

    def __init__(self, *args, chair: Chair, **kwargs):
        super().__init__(*args, **kwargs)
        absent = preparing.not_applicable(chair)
        for point in Point:
            self.fields[point.value] = forms.ChoiceField(
                label=point.label,
                choices=[
                    (answer.value, answer.label)
                    for answer in Answer
                    if answer != Answer.NOT_APPLICABLE or point not in preparing.ALWAYS
                ],
                initial=Answer.NOT_APPLICABLE.value if point.value in absent else None,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                error_messages={"required": _("Say whether this is in order.")},
            )

    @property
    def parts(self) -> list[Part]:
        chair = [point for point in Point if point not in (*HYGIENE, *CHILD)]
        titles = [
            (_("The chair"), chair),
            (_("Clean for a child who falls ill easily"), HYGIENE),
            (_("The child"), CHILD),
        ]
        return [Part(title, [self[point.value] for point in points]) for title, points in titles]

    def clean_photo(self) -> bytes | None:
        file = self.cleaned_data.get("photo")
        if file and file.size > pictures.MOST_BYTES:
            raise forms.ValidationError(_("This photo is too large. Take a smaller one."))
        return file.read() if file else None

    def clean(self):
        cleaned = super().clean()
        if cleaned.get(Point.DISINFECTED) == Answer.PASS and not cleaned.get("disinfectant", "").strip():
            self.add_error("disinfectant", preparing.DisinfectantMissing().message)
        return cleaned

    @property
    def said(self) -> dict:
        """What the activity is told."""
        others = {name: self.cleaned_data[name] for name in ("disinfectant", "note", "photo")}
        return {"answers": {point.value: self.cleaned_data[point.value] for point in Point}, **others}


class OverruleForm(WesternDigitsFormMixin, forms.Form):
    reason = forms.CharField(
        label=_("Why the chair may go all the same"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
