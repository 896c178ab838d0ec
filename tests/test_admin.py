"""The administration: every model, every role, own region and another; what is saved there is in the journal."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from beneficiaries.models import Assessment, Association, Child, HealthRecord
from hajar.accounts import roles
from hajar.accounts.models import User
from hajar.journal.models import Entry
from tests import world
from tests.factories import AssessmentFactory, ChildFactory, FamilyFactory, province
from tests.permissions import EVERYBODY

pytestmark = pytest.mark.django_db

# What an administrator meets for each model of the house: list, add, change. The rest is a superuser's.
LOOK, ADD, CHANGE = "look", "add", "change"
HOUSE = {
    "accounts.user": {LOOK, ADD, CHANGE},
    "journal.entry": {LOOK},
    "backups.backup": {LOOK},
    "beneficiaries.assessment": {LOOK, CHANGE},
    "beneficiaries.association": {LOOK, ADD, CHANGE},
    "beneficiaries.census": {LOOK},
    "beneficiaries.child": {LOOK, ADD, CHANGE},
    "beneficiaries.columnmapping": {LOOK},
    "beneficiaries.consent": {LOOK, ADD, CHANGE},
    "beneficiaries.duplicatepair": {LOOK},
    "beneficiaries.consenttext": {LOOK, ADD},
    "beneficiaries.erasure": {LOOK},
    "beneficiaries.export": {LOOK},
    "beneficiaries.family": {LOOK, ADD, CHANGE},
    "beneficiaries.guardian": {LOOK, ADD, CHANGE},
    "beneficiaries.healthrecord": {LOOK, ADD, CHANGE},
    "beneficiaries.mandate": {LOOK, ADD, CHANGE},
    "beneficiaries.measurement": {LOOK},
    "beneficiaries.merge": {LOOK},
    "beneficiaries.namealias": {LOOK, ADD, CHANGE},
    "beneficiaries.nationalidentity": {LOOK},
    "beneficiaries.need": {LOOK},
    "beneficiaries.province": {LOOK},
    "beneficiaries.region": {LOOK},
    "beneficiaries.registerimport": {LOOK},
    "beneficiaries.rightsrequest": {LOOK},
    "distributions.allocation": {LOOK},
    "distributions.attachment": {LOOK},
    "distributions.chair": {LOOK, CHANGE},
    "distributions.chairevent": {LOOK},
    "distributions.chairmodel": {LOOK, ADD, CHANGE},
    "distributions.countline": {LOOK},
    "distributions.delivery": {LOOK},
    "distributions.depot": {LOOK, ADD, CHANGE},
    "distributions.device": {LOOK},
    "distributions.followup": {LOOK},
    "distributions.forecast": {LOOK},
    "distributions.initiative": {LOOK, ADD, CHANGE},
    "distributions.keptround": {LOOK},
    "distributions.matter": {LOOK},
    "distributions.partner": {LOOK, ADD, CHANGE},
    "distributions.phoneentry": {LOOK},
    "distributions.phonefile": {LOOK},
    "distributions.planlock": {LOOK},
    "distributions.planrule": {LOOK},
    "distributions.preparation": {LOOK},
    "distributions.prescription": {LOOK},
    "distributions.recall": {LOOK},
    "distributions.recallline": {LOOK},
    "distributions.regionfloor": {LOOK},
    "distributions.repair": {LOOK},
    "distributions.returnoffer": {LOOK},
    "distributions.round": {LOOK},
    "distributions.roundchair": {LOOK},
    "distributions.roundscan": {LOOK},
    "distributions.stockcount": {LOOK},
    "distributions.townposition": {LOOK, ADD, CHANGE},
    "distributions.transfer": {LOOK},
    "distributions.transferline": {LOOK},
    "distributions.workshopchange": {LOOK, ADD, CHANGE},
}
OURS = {model._meta.label_lower: model for model in admin.site._registry if model._meta.label_lower in HOUSE}


def url(model, act: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{act}", args=args)


def draft() -> Assessment:
    return Assessment.objects.filter(state="draft").order_by("pk").first()


def test_every_model_of_the_house_is_in_the_table():
    ours = {
        model._meta.label_lower
        for model in admin.site._registry
        if model._meta.app_label in ("accounts", "journal", "backups", "beneficiaries", "distributions")
    }
    packages = {label for label in ours if label.startswith("account.")}
    assert ours - packages == set(HOUSE)


@pytest.mark.parametrize("role", sorted(EVERYBODY - {roles.ADMINISTRATOR}))
def test_only_administrators_come_in(role, person):
    client = Client()
    client.force_login(person("Somebody", role))
    for model in OURS.values():
        response = client.get(url(model, "changelist"), follow=True)
        assert response.status_code == 403


def a_row_of(model):
    if model is Assessment:
        return draft()
    rows = model.objects.filter(is_superuser=False) if model is User else model.objects.all()  # those are hidden
    return rows.order_by("pk").first()


@pytest.mark.parametrize("label", sorted(HOUSE))
def test_an_administrator_meets_what_the_table_says(label, nadia):
    world.build("MA-CAS", volunteer=nadia)
    client, model, may = Client(), OURS[label], HOUSE[label]
    client.force_login(nadia)
    listed = client.get(url(model, "changelist"))
    assert listed.status_code == (200 if LOOK in may else 403)
    assert client.get(url(model, "add")).status_code == (200 if ADD in may else 403)
    row = a_row_of(model)
    if LOOK in may and row:
        assert client.get(url(model, "change", row.pk)).status_code == 200
        assert client.get(url(model, "history", row.pk)).status_code == 200
        saved = client.post(url(model, "change", row.pk), {}).status_code
        assert (saved != 403) == (CHANGE in may)
        assert client.get(url(model, "delete", row.pk)).status_code == 403


@pytest.mark.parametrize(
    "label",
    [
        "beneficiaries.assessment",
        "beneficiaries.child",
        "beneficiaries.consent",
        "beneficiaries.duplicatepair",
        "beneficiaries.family",
        "beneficiaries.guardian",
        "beneficiaries.healthrecord",
        "beneficiaries.merge",
        "beneficiaries.need",
        "distributions.allocation",
        "distributions.attachment",
        "distributions.delivery",
        "distributions.followup",
        "distributions.round",
    ],
)
def test_another_region_is_not_there(label, person):
    regional = person("Regional", roles.ADMINISTRATOR, "MA-06")
    world.build("MA-TAR", volunteer=regional)
    client, model = Client(), OURS[label]
    client.force_login(regional)
    row = model.objects.order_by("pk").first()
    assert row is not None
    assert client.get(url(model, "changelist")).context["cl"].result_count == 0
    away = client.get(url(model, "change", row.pk))
    assert away.status_code == 302 and away["Location"] == reverse("admin:index")


def family_form(**changes) -> dict:
    return {"province": province("MA-CAS").pk, "language": "ar", "commune": "Aïn Chock", **changes}


def test_the_colours_are_chosen_in_one_place(client, nadia):
    client.force_login(nadia)
    assert client.get(reverse("admin:index")).content.decode().count('class="theme-toggle"') == 1


def test_what_is_saved_is_in_the_journal_and_in_the_rows_history(nadia):
    client = Client()
    client.force_login(nadia)
    family = FamilyFactory()
    client.post(url(type(family), "change", family.pk), family_form())
    entry = Entry.objects.about(family).get()
    assert (entry.act, entry.actor) == ("admin.changed", nadia)
    history = client.get(url(type(family), "history", family.pk)).content.decode()
    assert "Nadia" in history


def test_a_family_added_here_gets_the_next_number(nadia):
    client = Client()
    client.force_login(nadia)
    family = FamilyFactory._meta.model
    assert client.post(url(family, "add"), family_form()).status_code == 302
    assert client.post(url(family, "add"), family_form()).status_code == 302
    numbers = list(family.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2]


def test_a_child_without_a_name_is_refused_beside_the_form(nadia):
    client = Client()
    client.force_login(nadia)
    response = client.post(
        url(Child, "add"), {"family": FamilyFactory().pk, "born_on": "05/08/2018", "sex": "F", "status": "active"}
    )
    assert response.status_code == 200
    assert response.context["errors"]


def test_arabic_indic_digits_are_as_good_as_western_ones(nadia):
    client = Client()
    client.force_login(nadia)
    child = ChildFactory()
    form = client.get(url(Child, "change", child.pk)).context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields}
    client.post(url(Child, "change", child.pk), {**data, "born_on": "٠٥/٠٨/٢٠١٦", "requested_on": "01/02/2020"})
    child.refresh_from_db()
    assert str(child.born_on) == "2016-08-05"


def test_opening_a_health_record_here_is_recorded(nadia):
    client = Client()
    client.force_login(nadia)
    world.build("MA-CAS", volunteer=nadia)
    record = HealthRecord.objects.get()
    client.get(url(HealthRecord, "change", record.pk))
    entry = Entry.objects.filter(act="health_record.opened").get()
    assert (entry.actor, entry.subject_id) == (nadia, record.child_id)


def test_a_complete_assessment_is_read_only(nadia):
    client = Client()
    client.force_login(nadia)
    complete = AssessmentFactory(complete=True)
    assert client.get(url(Assessment, "change", complete.pk)).status_code == 200
    assert client.post(url(Assessment, "change", complete.pk), {}).status_code == 403


def test_there_is_one_profile_only(nadia):
    client = Client()
    client.force_login(nadia)
    Association.objects.create()
    assert client.get(url(Association, "add")).status_code == 403


def test_nobody_becomes_a_superuser_here(nadia):
    client = Client()
    client.force_login(nadia)
    form = client.get(url(type(nadia), "change", nadia.pk)).context["adminform"].form
    assert not {"is_superuser", "user_permissions", "is_staff"} & set(form.fields)


@pytest.mark.parametrize("number", [1, 15])
def test_lists_cost_the_same_at_1_and_15_rows(nadia, number, django_assert_max_num_queries):
    for _ in range(number):
        world.build("MA-CAS", volunteer=nadia)
    client = Client()
    client.force_login(nadia)
    for label, may in HOUSE.items():
        if LOOK in may:
            with django_assert_max_num_queries(14, info=label):
                client.get(url(OURS[label], "changelist"))
