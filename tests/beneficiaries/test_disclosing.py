"""All that we hold, for the family: nothing missing, in their language, without a word about anybody else."""

import json

import pytest
from django.urls import reverse
from django.utils import translation

from beneficiaries import disclosing, holdings, opening
from beneficiaries.models import Child
from tests import papers, world
from tests.factories import AssessmentFactory, ChildFactory, GuardianFactory, HealthRecordFactory, NeedFactory

pytestmark = pytest.mark.django_db


SHARED = {"beneficiaries.DuplicatePair", "beneficiaries.Merge"}  # rows that tell of two children


@pytest.fixture
def known(driss):
    return world.build("MA-CAS", volunteer=driss)


@pytest.fixture
def child(known):
    return Child.objects.with_family().get(pk=known["child"])


def test_every_table_that_is_held_has_a_chapter_or_a_reason():
    held = {holding.label for holding in holdings.every()}
    assert held == disclosing.titled() | disclosing.NOT_ON_PAPER.keys()
    assert not disclosing.titled() & disclosing.NOT_ON_PAPER.keys()


def test_the_data_file_has_every_field_of_every_row(child):
    data = json.loads(disclosing.as_json(child))
    for holding in holdings.shown():
        rows = data["held"][holding.label]
        assert len(rows) == holding.rows_of(child.pk).count()
        fields = {field.name for field in holding.model._meta.concrete_fields} - disclosing.OURS
        assert all(row.keys() == fields for row in rows)
    assert data["held"].keys() == {holding.label for holding in holdings.every()} - SHARED
    assert data["held"]["beneficiaries.Child"][0]["given_name_latin"] == child.given_name_latin
    assert {file["name"] for file in data["files"]} >= {child.photo.name}


def test_a_row_that_is_left_out_is_noticed(child, monkeypatch):
    """The twin of the test above: a hole in the data file shows."""
    monkeypatch.setattr(disclosing, "_rows", lambda holding, child: holding.model._base_manager.none())
    assert not json.loads(disclosing.as_json(child))["held"]["beneficiaries.Child"]


def test_nothing_of_another_family_is_in_it(child):
    other = ChildFactory(given_name_latin="Zineb", notes="autre famille")
    GuardianFactory(family=other.family, given_name_latin="Zoubida")
    said = disclosing.as_json(child).decode()
    assert "Zineb" not in said
    assert "Zoubida" not in said


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_paper_names_the_child_and_her_guardian(child, karim, language):
    with translation.override(language):
        words = papers.words(disclosing.as_pdf(child, by=karim))
        guardian = child.family.guardians.first()
        assert child.reference in words
        assert (guardian.full_name_arabic if language == "ar" else guardian.full_name_latin).split()[0] in words


def test_the_paper_says_what_the_health_record_says(karim):
    record = HealthRecordFactory(hospital="Hôpital d'enfants", notes="suivi en juin")
    with translation.override("fr"):
        chapters = {chapter.title: chapter for chapter in disclosing.in_words(record.child)}
        said = {line.value for chapter in chapters.values() for each in chapter.records for line in each.lines}
    assert {"Hôpital d'enfants", "suivi en juin"} <= said


def test_the_points_of_a_need_are_explained(karim):
    need = NeedFactory()
    with translation.override("en"):
        (chapter,) = [each for each in disclosing.in_words(need.child) if "judged" in each.title]
    assert any("78" in line.value for line in chapter.records[0].lines)


def test_the_paper_speaks_in_words_and_never_as_a_machine(child):
    """What is kept in a structure is told in words, or named as what the data file holds."""
    hand = {"pelvis": {"neutral": "yes", "support": "deux mains"}}
    AssessmentFactory(child=child, complete=True, skin_marks={"heel_left": "present"}, hand_simulation=hand)
    child.other_names = [["Amal Naciri", "أمل الناصري"], ["", "أمل"]]
    child.save()
    with translation.override("fr"):
        said = [line for each in disclosing.in_words(child) for record in each.records for line in record.lines]
    assert [line for line in said if "{" in line.value or '["' in line.value or "_" in line.value] == []
    assert [line.label for line in said if "key" in line.label.lower()] == []
    values = {line.value for line in said}
    assert {"talon gauche: plaie actuelle", "Amal Naciri · أمل الناصري, أمل"} <= values
    assert any(value.endswith("oui: deux mains") for value in values)


def test_who_opened_the_health_record_is_told(karim):
    record = HealthRecordFactory()
    opening.open_health_record(record.child, by=karim, reason="préparer la réponse")
    assert [entry.actor for entry in disclosing.who_looked(record.child)] == [karim]
    with translation.override("en"):
        (chapter,) = [each for each in disclosing.in_words(record.child) if each.title == "Who looked"]
    assert "Karim" in chapter.records[0].lines[0].value


@pytest.mark.parametrize("form", ["pdf", "json"])
def test_taking_all_of_a_file_out_is_in_the_journal(client, karim, child, form):
    client.force_login(karim)
    args = {"pdf": [child.pk, "ar"], "json": [child.pk]}[form]
    answer = client.get(reverse(f"beneficiaries:child_disclosure_{form}", args=args))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    entry = child.history().get(act="child.disclosed")
    assert (entry.details["form"], entry.actor) == (form, karim)


def test_there_is_no_paper_in_a_language_that_we_do_not_print(client, karim, child):
    client.force_login(karim)
    url = reverse("beneficiaries:child_disclosure_pdf", args=[child.pk, "de"])
    assert client.get(url).status_code == 404


def test_a_name_in_which_a_command_hides_is_only_a_name(karim):
    child = ChildFactory(notes='#panic() "quoted" <b>', given_name_latin="Noor")
    with translation.override("fr"):
        assert "panic" in papers.words(disclosing.as_pdf(child, by=karim))
