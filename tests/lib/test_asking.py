"""What a page answers: refused as soon as one of its forms was."""

from django import forms
from django.http import QueryDict

from hajar.lib import asking


class ReasonForm(forms.Form):
    reason = forms.CharField()


def status_of(rf, *some):
    return asking.answer(rf.get("/"), "404.html", {}, *some).status_code


def test_a_page_whose_forms_ask_or_were_answered_well_is_a_page_like_any_other(rf):
    assert status_of(rf) == 200
    assert status_of(rf, ReasonForm(), None, ReasonForm({"reason": "moved"})) == 200


def test_a_page_with_a_refused_form_says_so_whichever_of_them_it_is(rf):
    assert status_of(rf, ReasonForm(), ReasonForm(QueryDict())) == 422
    assert status_of(rf, None, ReasonForm(QueryDict()), ReasonForm()) == 422


def test_a_refusal_that_came_after_the_form_counts_as_well(rf):
    form = ReasonForm({"reason": "moved"})
    form.add_error(None, "No longer.")
    assert status_of(rf, form) == 422
