from django.utils.translation import gettext_lazy, override

from hajar.lib.refusals import Refusal


class Full(Refusal):
    sentence = "“%(depot)s” is full."


def test_a_refusal_says_why_with_its_words():
    assert Full(depot="Casablanca").message == str(Full(depot="Casablanca")) == "“Casablanca” is full."


def test_a_sentence_given_by_hand_is_said_as_it_is():
    assert Refusal("100 % sure").message == "100 % sure"


def test_it_is_said_in_the_language_of_who_reads_it():
    refusal = Refusal(gettext_lazy("Monday"))
    with override("fr"):
        assert refusal.message == "lundi"
    with override("en"):
        assert refusal.message == "Monday"


def test_a_trace_shows_its_kind_and_no_words_about_people():
    assert repr(Full(depot="Casablanca")) == "Full('Full')"
