"""Names in both scripts: suggested, learned from what people write, mended by administrators."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from beneficiaries import importing, naming, registration
from beneficiaries.models import Child, NameAlias
from hajar.lib import names
from tests.factories import ChildFactory, FamilyFactory, GuardianFactory, province

pytestmark = pytest.mark.django_db


def alias(latin, arabic, **fields):
    return NameAlias.objects.create(latin=latin, arabic=arabic, **fields)


def register(samira, **fields):
    return registration.register_child(family=FamilyFactory(), by=samira, sex="F", born_on=date(2017, 5, 2), **fields)


# --- suggesting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("Khadija", "خديجة"),
        ("khadija ", "خديجة"),
        ("Fatima Zahra", "فاطمة الزهراء"),
        ("خديجة", "Khadija"),
        ("El Amrani", "العمراني"),
        ("Mohamed Amine", "محمد أمين"),
        ("محمد أمين", "Mohamed Amine"),
        ("Tazzoult", "تزولت"),  # nobody has written it: the rules of letters
    ],
)
def test_the_other_script_is_offered(typed, offered):
    assert naming.suggest(typed)[0] == offered


@pytest.mark.parametrize(
    "typed", ["", " ", "12", "<b>Karim</b>", "Kar\0im", "Kar\u202eim", "😀", "a" * 300, "Karim كريم", "ⴰⵎⵓⵔ"]
)
def test_what_is_no_name_is_offered_nothing_or_something_short(typed):
    for offer in naming.suggest(typed):
        assert names.problem(offer) is None
        assert len(offer) <= 200


def test_what_people_accepted_most_comes_first(samira):
    assert naming.suggest("Zahira") == [form for form in names.to_arabic("Zahira")][: naming.SUGGESTED]
    for arabic in ("زهيرة", "زاهرة", "زاهرة"):
        register(samira, given_name_latin="Zahira", given_name_arabic=arabic)
    assert naming.suggest("zahira")[:2] == ["زاهرة", "زهيرة"]
    assert NameAlias.objects.get(arabic="زاهرة").times == 2


def test_what_is_out_of_use_is_not_offered():
    alias("Zahira", "زاهرة", times=9, is_active=False)
    assert "زاهرة" not in naming.suggest("Zahira")


def test_the_usual_names_are_there_once_and_find_people_by_their_sounds_alone():
    before = NameAlias.objects.filter(source=NameAlias.Source.COMMON).count()
    assert naming.load_common_names(NameAlias) == before > 100
    assert NameAlias.objects.filter(source=NameAlias.Source.COMMON).count() == before
    for row in NameAlias.objects.order_by("pk"):
        row.tidy()
        assert not row.is_bridge, row


# --- learning -------------------------------------------------------------------------------------------------------


def test_words_that_answer_one_another_teach_each_by_itself(samira):
    register(samira, given_name_latin="Aksil Ziyad", given_name_arabic="أكسيل زياد")
    assert naming.suggest("Aksil") == ["أكسيل"]
    assert naming.suggest("زياد") == ["Ziyad"]


def test_guardians_and_corrections_teach_too(samira):
    guardian = GuardianFactory.build(family=None, given_name_latin="Itto", given_name_arabic="")
    family = registration.register_family(province=province("MA-CAS"), by=samira, guardians=[guardian])
    assert not NameAlias.objects.filter(arabic="إيتو").exists()
    registration.correct_guardian(family.guardians.get(), by=samira, given_name_arabic="إيتو")
    assert NameAlias.objects.get(arabic="إيتو").latin == "Itto"
    registration.correct_guardian(family.guardians.get(), by=samira, phone="+212611111111")
    assert NameAlias.objects.get(arabic="إيتو").times == 1  # nothing about the name was said again


def test_forms_that_sound_unlike_wait_for_an_administrator(samira):
    register(samira, given_name_latin="Simo", given_name_arabic="محمد")
    waiting = NameAlias.objects.get(latin="Simo")
    assert (waiting.is_active, waiting.is_bridge) == (False, False)
    assert "محمد" not in naming.suggest("Simo")


# --- administering --------------------------------------------------------------------------------------------------


@pytest.fixture
def simo():
    return ChildFactory(latin_only=True, given_name_latin="Simo", family_name_latin="Tazi")


def keys_of(child):
    return set(child.name_keys.values_list("key", flat=True))


def test_a_yes_gives_their_sounds_to_everybody_so_called_and_a_no_takes_them(simo, nadia):
    other = ChildFactory(latin_only=True, given_name_latin="Karim", family_name_latin="Tazi")
    before = keys_of(other)
    row = NameAlias(latin="Simo", arabic="محمد")
    assert naming.keep_alias(row, by=nadia) == 1
    assert names.keys("محمد") <= keys_of(simo)
    assert keys_of(other) == before
    row.is_active = False
    assert naming.keep_alias(row, by=nadia) == 1
    assert not names.keys("محمد") & keys_of(simo)


def test_an_alias_that_becomes_another_lets_go_of_the_first(simo, nadia):
    row = NameAlias(latin="Simo", arabic="محمد")
    naming.keep_alias(row, by=nadia)
    row.latin = "Momo"
    naming.keep_alias(row, by=nadia)
    assert not names.keys("محمد") & keys_of(simo)


def test_who_comes_later_has_the_sounds_of_the_alias_at_once(nadia):
    naming.keep_alias(NameAlias(latin="Simo", arabic="محمد"), by=nadia)
    saved = ChildFactory(latin_only=True, given_name_latin="Simo")
    (poured,) = Child.objects.bulk_create([ChildFactory.build(family=FamilyFactory(), given_name_latin="Simo")])
    for child in (saved, poured):
        assert names.keys("محمد") <= keys_of(child)
    assert not Child.objects.all().rebuild_keys()


def test_a_part_of_a_word_is_not_the_name(nadia):
    child = ChildFactory(latin_only=True, given_name_latin="Simohamed")
    naming.keep_alias(NameAlias(latin="Simo", arabic="كريم"), by=nadia)
    assert not names.keys("كريم") & keys_of(child)


@pytest.mark.parametrize(
    ("latin", "arabic"), [("Karim", "كريم"), ("karim", "كَرِيم"), ("كريم", "Karim"), ("Kar\0im", "كريم"), ("<i>", "كريم")]
)
def test_what_is_no_new_pair_of_names_is_refused(nadia, latin, arabic):
    with pytest.raises(ValidationError):
        naming.keep_alias(NameAlias(latin=latin, arabic=arabic), by=nadia)


def test_the_administration_asks_the_same(client, nadia, simo):
    client.force_login(nadia)
    url = reverse("admin:beneficiaries_namealias_add")
    assert client.post(url, {"latin": "Karim", "arabic": "كريم", "is_active": "on"}).status_code == 200
    assert client.post(url, {"latin": "Simo", "arabic": "محمد", "is_active": "on"}).status_code == 302
    assert NameAlias.objects.get(latin="Simo").source == NameAlias.Source.ADMINISTRATOR
    assert names.keys("محمد") <= keys_of(simo)


# --- the form -------------------------------------------------------------------------------------------------------


def test_the_form_asks_while_one_types(client, samira):
    client.force_login(samira)
    page = client.get(reverse("beneficiaries:child_create"), {"family": FamilyFactory().pk}).content.decode()
    assert page.count("data-hajar-other-script") == 4
    assert 'data-hajar-other-script="id_given_name_arabic"' in page
    answer = client.post(reverse("beneficiaries:name_suggest"), {"text": "Khadija"})
    assert answer.json() == {"names": ["خديجة"]}


def test_in_the_form_of_a_family_the_fields_find_one_another(client, samira):
    client.force_login(samira)
    page = client.get(reverse("beneficiaries:family_create")).content.decode()
    assert 'data-hajar-other-script="id_guardian-given_name_arabic"' in page
    assert 'id="id_guardian-given_name_arabic"' in page


# --- an import ------------------------------------------------------------------------------------------------------

BOTH_SCRIPTS = (
    "Nom;Prénom;النسب;الاسم;Sexe;Date de naissance;Ville\n"
    "Ouchrif;Aksil;أوشريف;أكسيل;M;26/07/2015;Casablanca\n"
    "Ouchrif;Zahira;أوشريف;زاهرة;F;26/07/2016;Casablanca\n"
    "Tazi;Simo;التازي;محمد;M;26/07/2017;Casablanca\n"
    "Bennis;Nora;;;F;26/07/2018;Casablanca\n"
)


def uploaded(by, rows=BOTH_SCRIPTS):
    return importing.upload_register(file=BytesIO(rows.encode()), filename="registre.csv", by=by)


def test_an_import_teaches_only_once_it_is_accepted(karim):
    imported = uploaded(karim)
    assert not NameAlias.objects.filter(latin="Aksil").exists()
    importing.confirm_import(imported, by=karim)
    assert naming.suggest("Aksil") == ["أكسيل"]
    assert NameAlias.objects.get(latin="Ouchrif").times == 2
    waiting = NameAlias.objects.get(latin="Simo")
    assert (waiting.is_active, waiting.is_bridge) == (False, False)
    assert not NameAlias.objects.filter(latin="Nora", source=NameAlias.Source.TYPED).exists()


@pytest.mark.parametrize("number", [1, 15])
def test_teaching_costs_the_same_for_1_and_15_people(number, django_assert_num_queries):
    people = [
        ChildFactory.build(family=None, given_name_latin="Zahira", given_name_arabic="زاهرة") for _turn in range(number)
    ]
    alias("Zahira", "زاهرة", times=4)
    naming.learn(people)  # what was not known yet
    with django_assert_num_queries(4):  # and the two of a savepoint
        naming.learn(people)
    assert NameAlias.objects.get(arabic="زاهرة").times == 4 + 2 * number
