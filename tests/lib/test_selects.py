"""The quick select writes what Django's own templates write."""

import pytest
from django import forms
from django.test import SimpleTestCase

from hajar.lib.selects import QuickSelect

CHOICES = [
    ("", "All"),
    (3, "Fès & Meknès"),
    ("<x>", '"quoted"'),
    ("North", [(1, "Tanger"), (2, "Tétouan")]),
    ("L’Oriental <east>", [("o", "Oujda")]),
]


def written(widget, value):
    class Form(forms.Form):
        place = forms.ChoiceField(choices=CHOICES, required=False, widget=widget({"class": "form-select"}))

    return str(Form({"place": value})["place"])


@pytest.mark.parametrize("value", ["", "2", "o", "<x>", "nonsense", None])
def test_it_writes_what_django_writes(value):
    SimpleTestCase().assertHTMLEqual(written(QuickSelect, value), written(forms.Select, value))


def test_words_of_people_are_escaped():
    html = written(QuickSelect, "")
    assert "<x>" not in html and "<east>" not in html
    assert "&lt;x&gt;" in html and "Fès &amp; Meknès" in html
