"""The figures below are the yardstick: change a rule, and they say what it gained and what it cost.

name_pairs.csv is the set the costs were found on. name_pairs_unseen.csv holds 199 pairs of other names, written before
the first run, which gave precision .984, recall .976, candidates .992, near names apart .972 at a threshold of 88, and
.992, .976, .992, .986 at 91. Only its first 104 pairs were then read for what went wrong (an article inside a joined
name, "Alae Eddine"); the other 95 were counted and never read.

name_pairs_held_out.csv holds 312 pairs more, written before they were ever scored: Amazigh names, compounds, families,
near names. Its first run gave precision .995, recall .950, candidates .975, near names apart .991; missed were Rita for
Ghita, Skalli for Squalli, خوله for Khaoula and the like. NAME-1.1 was made with those misses on the table, so that this
set is a workbook now (1.000, .990, 1.000, 1.000; Rita for Ghita still asks for a look: Razi is not Ghazi).

name_pairs_never_tuned.csv holds 373 pairs, no spelling of which stands in the other three. They were written before a
rule was read and their misses never printed: only the figures were looked at while rules were written from the others
and from how Morocco spells. NAME-1.0 gave .993, .937, .967, .971, NAME-1.1 gives .993, .987, .993, .971. Who wrote the
rules had written the pairs, so that strangers' names will do a little worse. Near names are 70 here; two were confused.
"""

import csv
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hajar.lib import names

DATA = Path(__file__).parent / "data"


def figures(file_name):
    """Precision and recall at SAME, the recall of shared keys alone, and the share of near names told apart."""
    found, missed, confused, apart, candidates = [], [], [], [], []
    with (DATA / file_name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pair = (row["a"], row["b"])
            shared = bool(names.keys(row["a"]) & names.keys(row["b"]))
            matched = shared and names.similarity(*pair) >= names.SAME
            if row["label"] == "same":
                (found if matched else missed).append(pair)
                candidates += [pair] if shared else []
            else:
                (confused if matched else apart).append(pair)
    same = len(found) + len(missed)
    return {
        "pairs": same + len(confused) + len(apart),
        "precision": len(found) / (len(found) + len(confused)),
        "recall": len(found) / same,
        "candidates": len(candidates) / same,
        "near names apart": len(apart) / (len(apart) + len(confused)),
        "missed": missed,
        "confused": confused,
    }


def test_spellings_of_one_name_meet_and_near_names_stay_apart():
    reached = figures("name_pairs.csv")

    assert reached["pairs"] == 568
    assert reached["precision"] >= 0.99, reached["confused"]
    assert reached["recall"] >= 0.97, reached["missed"]
    assert reached["candidates"] >= 0.99
    assert reached["near names apart"] >= 0.97, reached["confused"]


def test_names_the_rules_were_not_made_for_do_as_well():
    reached = figures("name_pairs_unseen.csv")

    assert reached["pairs"] == 199
    assert reached["precision"] >= 0.99, reached["confused"]
    assert reached["recall"] >= 0.99, reached["missed"]
    assert reached["candidates"] >= 0.99
    assert reached["near names apart"] >= 0.97, reached["confused"]


def test_names_held_out_from_the_first_rules_do_as_well():
    reached = figures("name_pairs_held_out.csv")

    assert reached["pairs"] == 312
    assert reached["precision"] >= 0.99, reached["confused"]
    assert reached["recall"] >= 0.985, reached["missed"]
    assert reached["candidates"] >= 0.99
    assert reached["near names apart"] >= 0.99, reached["confused"]


def test_names_no_rule_was_tuned_on_do_nearly_as_well():
    """Says how many, never which: whoever reads the misses has to write another set."""
    reached = figures("name_pairs_never_tuned.csv")

    assert reached["pairs"] == 373
    assert reached["precision"] >= 0.99
    assert reached["recall"] >= 0.98
    assert reached["candidates"] >= 0.99
    assert reached["near names apart"] >= 0.97


def test_no_spelling_of_the_last_set_stands_in_the_others():
    sets = []
    for part in ("", "_unseen", "_held_out", "_never_tuned"):
        with (DATA / f"name_pairs{part}.csv").open(encoding="utf-8", newline="") as file:
            sets.append({name.lower() for row in csv.DictReader(file) for name in (row["a"], row["b"])})
    assert not sets[3] & (sets[0] | sets[1] | sets[2])


def test_keys_are_as_their_version_says():
    """Stored keys are of KEY_VERSION. Others now? Change it, and mend what is stored as migration 0014 does."""
    written = []
    for file_name in ("name_pairs.csv", "name_pairs_unseen.csv", "name_pairs_held_out.csv"):
        with (DATA / file_name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                written += [f"{row[side]}={' '.join(sorted(names.keys(row[side])))}" for side in ("a", "b")]
    digest = hashlib.sha256("\n".join(written).encode()).hexdigest()[:16]
    assert (names.KEY_VERSION, digest) == ("NAME-1.1", "e6ef5dc01beb97a3")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Rizlane", "غزلان"),
        ("Squalli", "السقلي"),
        ("Khaoula", "خوله"),
        ("Fathi", "فتحي"),
        ("Fathallah", "فتح الله"),
        ("Hibatallah", "هبة الله"),
        ("Oumkaltoum", "أم كلثوم"),
        ("Chams Ed-Doha", "Chamsdoha"),
        ("Saad Eddine", "سعد الدين"),
        ("Attahiri", "الطاهري"),
        ("Lemrabet", "المرابط"),
        ("Lwafi", "El Ouafi"),
        ("Abdeslam", "عبد السلام"),
        ("Zhour", "Zohour"),
        ("Iazid", "اليزيد"),
        ("Hafiz", "حفيظ"),
        ("Aithaddou", "آيت حدو"),
        ("Aɣilas", "Aghilas"),
        ("Ambar", "عنبر"),
    ],
)
def test_a_habit_of_spelling_does_not_make_two_people(a, b):
    assert names.keys(a) & names.keys(b)
    assert names.similarity(a, b) >= names.SAME


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Rita", "Ghita"),  # so are Razi and Ghazi, who are two
        ("Razi", "Ghazi"),
    ],
)
def test_of_a_short_name_an_r_for_gh_asks_for_a_look(a, b):
    assert names.keys(a) & names.keys(b)
    assert names.CLOSE <= names.similarity(a, b) < names.SAME


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Mohamed El Amrani", "العمراني محمد"),
        ("BENJELLOUN Fatimazahra", "فاطمة الزهراء بن جلون"),
        ("عبد الرحمن", "عبدالرحمان"),
        ("Nour-Eddine", "نورالدين"),
        ("Alae Eddine", "علاء الدين"),
        ("Nourelhouda", "نور الهدى"),
        ("Med Amine", "محمد أمين"),
        ("3omar", "Omar"),
        ("Moulay Ahmed", "Ahmed"),
        ("مُحَمَّد", "محمد"),
        ("Aïcha", "Ai\u0308cha"),
    ],
)
def test_one_person_is_recognised_however_the_clerk_wrote(a, b):
    assert names.keys(a) & names.keys(b)
    assert names.similarity(a, b) >= names.SAME


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Karim", "Karima"),
        ("كريم", "كريمة"),
        ("Jamal", "Jamil"),
        ("Mahmoud", "محمد"),
        ("Rachida", "الرشيدي"),
        ("Hassan", "إحسان"),
        ("Amine Kadiri", "Amina Kadiri"),
        ("Hiba", "Zouhair"),
        ("Jamil", "جميله"),
        ("لطيف", "لطيفه"),
        ("نذير", "نظير"),
        ("Souad", "سعد"),
        ("Mohamed", "Mhamed"),
        ("Hamid", "Hmed"),
    ],
)
def test_two_people_with_near_names_are_not_called_the_same(a, b):
    assert names.similarity(a, b) < names.SAME


def test_a_clan_word_in_one_spelling_only_asks_for_a_look():
    assert names.CLOSE <= names.similarity("Ait Lahcen", "Lahcen") < names.SAME
    assert names.similarity("Ait Lahcen", "أيت لحسن") >= names.SAME


def test_keys_are_short_ascii_consonants_for_latin_and_arabic():
    assert names.keys("Abdelilah") & names.keys("عبد الإله") == {"BDLH"}
    assert all(key.isascii() and key.isalpha() for key in names.keys("Fatima Zahra العمراني"))


def test_a_name_in_another_script_is_found_by_itself():
    assert names.keys("ⴰⵎⵓⵔ") == names.keys("ⴰⵎⵓⵔ") != set()
    assert names.similarity("ⴰⵎⵓⵔ", "ⴰⵎⵓⵔ") == 100
    assert names.similarity("ⴰⵎⵓⵔ", "Amour") == 0


@pytest.mark.parametrize("text", ["", " ", "123", "---", "\0", "ـ", "\u064b"])
def test_what_is_no_name_has_no_key_and_is_like_nothing(text):
    assert names.keys(text) == set()
    assert names.similarity(text, text) == 0
    assert names.similarity(text, "Karim") == 0


letters = st.sampled_from("abcdefghijklmnopqrstuvwxyzéïçABCDEFG'- ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي")
written_names = st.text(letters, min_size=1, max_size=40).filter(lambda text: any(map(str.isalpha, text)))
real_names = st.sampled_from(
    sorted({row[side] for row in csv.DictReader((DATA / "name_pairs.csv").open(encoding="utf-8")) for side in "ab"})
)
any_text = st.text(st.characters(exclude_categories=()), max_size=400)


@given(a=real_names | written_names, b=real_names | written_names)
def test_similarity_does_not_depend_on_which_name_comes_first(a, b):
    assert names.similarity(a, b) == names.similarity(b, a)
    assert 0 <= names.similarity(a, b) <= 100


@given(a=written_names, b=written_names, c=written_names)
def test_similarity_of_full_names_does_not_depend_on_which_comes_first(a, b, c):
    assert names.similarity(f"{a} {b}", f"{c} {a}") == names.similarity(f"{c} {a}", f"{a} {b}")


@given(name=written_names)
def test_a_name_is_wholly_like_itself_and_has_a_key(name):
    assert names.similarity(name, name) == 100
    assert names.keys(name)
    assert all(0 < len(key) <= names.KEY_LENGTH for key in names.keys(name))


@settings(max_examples=300)
@given(a=any_text, b=any_text)
def test_no_text_whatever_breaks_the_rules(a, b):
    assert 0 <= names.similarity(a, b) <= 100
    assert all(0 < len(key) <= names.KEY_LENGTH for key in names.keys(a))
    assert names.problem(names.clean(a)) in {None, *names.Problem}
    assert names.clean(names.clean(a)) == names.clean(a)
    assert names.fold(names.fold(a)) == names.fold(a)
    assert isinstance(names.sort_key(a, b), str)
    given_name, family_name = names.split_full_name(a, b)
    assert len(given_name) + len(family_name) <= len(names.clean(a))


@pytest.mark.parametrize(
    "long", ["abdel" * 2000, "عبد ال" * 2000, "a b " * 2000, "din " * 2000, "ben " * 2000, "ﷺ" * 5000]
)
def test_an_endless_text_is_read_only_so_far(long):
    assert len(names.keys(long)) <= 40
    assert 0 <= names.similarity(long, long[1:]) <= 100
    assert len("".join(names.split_full_name(long))) <= len(long)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Aïcha \u00a0 El\tAmrani\n", "Aïcha El Amrani"),
        ("Ai\u0308cha", "Aïcha"),
        ("\u200fمحمد\u200e العمراني\ufeff", "محمد العمراني"),
        ("سُكَيْنة", "سُكَيْنة"),
        ("", ""),
    ],
)
def test_clean_keeps_what_was_written_and_drops_what_nobody_sees(text, cleaned):
    assert names.clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Karim", None),
        ("M'hamed N’Aït-Ba", None),
        ("فاطمة الزهراء", None),
        ("سُكَيْنة", None),
        ("Amina (née Tazi)", None),
        ("ⴰⵎⵓⵔ", None),
        ("\u200fكريم\u200e ", None),
        ("", None),
        ("Kar\u202eim", "bidi"),
        ("\u2066Karim\u2069", "bidi"),
        ("Kar\0im", "control"),
        ("Kar\x1bim", "control"),
        ("Kar\ud800im", "control"),
        ("<b>Karim</b>", "markup"),
        ("Karim 2", "digit"),
        ("كريم ٢", "digit"),
        ("Karim 😀", "emoji"),
        ("👩\u200d🦽", "emoji"),
        ("Karim ❤️", "emoji"),
        ("Karim@Tazi", "symbol"),
        ("=Karim", "symbol"),
        ("---", "letterless"),
    ],
)
def test_a_character_no_name_is_written_with_is_named(text, code):
    assert names.problem(text) == code


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("aicha", "Aïcha"),
        ("francois", "François"),
        ("fatima ezzahra", "Fatima-Ezzahra"),
        ("mhamed", "M’hamed"),
        ("احمد", "أَحْمَد"),
        ("فاطمه", "فاطمة"),
        ("مصطفي", "مصطفى"),
        ("کریم", "كريم"),
    ],
)
def test_what_is_typed_in_a_hurry_folds_to_the_name(typed, written):
    assert names.fold(typed) == names.fold(written)


def test_fold_keeps_names_apart_that_letters_tell_apart():
    assert len({names.fold(name) for name in ("Karim", "Karima", "Kadir", "كريم", "كريمة")}) == 5


def test_both_scripts_share_one_alphabet_when_sorted():
    people = [
        ("", "يوسف"),
        ("Zineb", "زينب"),
        ("Émile", ""),
        ("", "بديعة"),
        ("Amina", ""),
        ("", "الفاسي"),
        ("Karim", "كريم"),
    ]

    in_order = sorted(people, key=lambda person: names.sort_key(*person))

    assert [latin or arabic for latin, arabic in in_order] == [
        "Amina",
        "بديعة",
        "الفاسي",
        "Émile",
        "Karim",
        "يوسف",
        "Zineb",
    ]


@pytest.mark.parametrize(
    ("text", "arabic"), [("كريم", True), ("Karim كريم", True), ("Karim", False), ("", False), ("١٢", False)]
)
def test_arabic_is_told_by_its_letters(text, arabic):
    assert names.is_arabic(text) is arabic


@pytest.mark.parametrize(
    ("text", "given_name", "family_name"),
    [
        ("Mohamed El Amrani", "Mohamed", "El Amrani"),
        ("EL AMRANI Mohammed", "Mohammed", "EL AMRANI"),
        ("HASSAN TAZI", "HASSAN", "TAZI"),
        ("Amrani, Karim", "Karim", "Amrani"),
        ("Ait Haddou Soukaina", "Soukaina", "Ait Haddou"),
        ("El Mehdi Bennani", "El Mehdi", "Bennani"),
        ("Lalla Meryem El Kadiri", "Lalla Meryem", "El Kadiri"),
        ("Mme Samira Tazi", "Samira", "Tazi"),
        ("Abd El Kader Ben Brahim", "Abd El Kader", "Ben Brahim"),
        ("Fatima Ez Zahra El Fassi", "Fatima Ez Zahra", "El Fassi"),
        ("Nour El Houda Tazi", "Nour El Houda", "Tazi"),
        ("Nour Eddine Tazi", "Nour Eddine", "Tazi"),
        ("Mohamed Amine Tazi", "Mohamed Amine", "Tazi"),
        ("محمد العمراني", "محمد", "العمراني"),
        ("عبد الرحيم بنعلي", "عبد الرحيم", "بنعلي"),
        ("نور الدين أيت حدو", "نور الدين", "أيت حدو"),
        ("فاطمة الزهراء العمراني", "فاطمة الزهراء", "العمراني"),
        ("نور الهدى التازي", "نور الهدى", "التازي"),
        ("أم كلثوم الزروالي", "أم كلثوم", "الزروالي"),
        ("أسامة أبو زيد", "أسامة", "أبو زيد"),
        ("Karim", "Karim", ""),
        ("", "", ""),
    ],
)
def test_a_full_name_is_cut_where_people_cut_it(text, given_name, family_name):
    assert names.split_full_name(text) == (given_name, family_name)


@pytest.mark.parametrize(
    ("text", "hint", "given_name", "family_name"),
    [
        ("آية ملاك بناني", "Aya Malak", "آية ملاك", "بناني"),
        ("آية ملاك بناني", "Aya", "آية", "ملاك بناني"),
        ("بناني آية", "Aya", "آية", "بناني"),
        ("محمد أمين", "Mohamed", "محمد", "أمين"),
        ("محمد أمين", "Mohamed Amine", "محمد أمين", ""),
        ("Tazi Abdelkrim", "عبد الكريم", "Abdelkrim", "Tazi"),
        ("Karim Tazi", "زينب", "Karim", "Tazi"),
    ],
)
def test_the_given_name_in_the_other_script_settles_the_cut(text, hint, given_name, family_name):
    assert names.split_full_name(text, given_hint=hint) == (given_name, family_name)
