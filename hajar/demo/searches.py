"""What people type into the search box, of a register that is there: for measuring what each costs."""

from collections.abc import Iterator

from beneficiaries import identifying
from beneficiaries.models import Child, Guardian
from hajar.accounts.models import User
from hajar.lib import names

TWO_WORDS = "Fatima Zahra"  # a given name of two


def sought(user: User) -> Iterator[tuple[str, str]]:
    """What a person may type into the search box, and what it is called here."""
    children = Child.objects.visible_to(user).followed()
    latin = middle(children.exclude(given_name_latin="").exclude(family_name_latin="").order_by("sort_key"))
    arabic = middle(children.exclude(given_name_arabic="").order_by("sort_key"))
    phone = str(Guardian.objects.exclude(phone="").order_by("pk")[0].phone)
    given, family = latin.given_name_latin, latin.family_name_latin
    of_three_words = children.filter(given_name_latin=TWO_WORDS).exclude(family_name_latin="").order_by("sort_key")
    long = middle(of_three_words) if of_three_words.exists() else latin  # of few children, perhaps of none
    others = middle(children.exclude(family_name_latin="").order_by("-requested_on", "pk")).family_name_latin
    yield "name in Latin script", latin.full_name_latin
    yield "name in Arabic script", arabic.full_name_arabic
    yield "given name alone", given
    yield "family name alone", family
    yield "a slip in a name", f"{given} {_slipped(family)}"
    yield "name half typed", f"{given} {family[:4]}"
    yield "beginning of a name", family[:4]
    yield "whole phone", phone
    yield "last digits of a phone", phone[-6:]
    yield "digits inside a phone", phone[-7:-2]
    yield "a place", "Casablanca"
    yield "nobody", "Xqzwt Vvkrj"
    yield "a word that begins very many names", "Ben"
    yield "a name of three words", long.full_name_latin
    yield "a slip in a name of three words", f"{long.given_name_latin} {_slipped(long.family_name_latin)}"
    yield "three words, one unknown", f"{TWO_WORDS} Xqzwt"
    yield "two words, one unknown", f"{given} Xqzwt"
    yield "two known words and a family name of others", f"{given} {family} {others}"
    yield "a name of two families", f"{TWO_WORDS} {family} {others}"
    yield "national identity number", _identity(user)


def _slipped(word: str) -> str:
    """One letter less, the last of those that are heard."""
    less = (word[:place] + word[place + 1 :] for place in reversed(range(len(word))))
    return next(other for other in less if names.sound(other) != names.sound(word))


def _identity(user: User) -> str:
    """An invented number that a guardian of this register now has."""
    number = "ZZ123456"
    identifying.keep(Guardian.objects.order_by("pk")[0], number, by=user)
    return number


def middle(rows):
    """The row in the middle of an ordered queryset."""
    return rows[rows.count() // 2]
