"""What the register asks staff to think of: computed from the files each time, followed children only.

Of a family it is stored whether somebody answers for its children, for nearly all have somebody (see models.families).
A pause that has ended, a young person who is of age, a guardian who no longer answers: each stays on the list until
the file itself says that somebody has seen to it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from beneficiaries import guarding
from beneficiaries.models import Child, Consent, Family
from beneficiaries.models.consents import ADULT
from hajar.lib import dates

SOON = timedelta(days=90)  # how long before the eighteenth birthday one begins to speak of it


@dataclass(frozen=True)
class Reminders:
    """The files to think of, by what there is to think of."""

    pauses_over: QuerySet[Child]
    of_age: QuerySet[Child]
    soon_of_age: QuerySet[Child]
    consents: QuerySet[Child]
    nobody_answers: QuerySet[Family]


def for_person(user, today: date | None = None) -> Reminders:
    today = today or timezone.localdate()
    followed = Child.objects.visible_to(user).followed()
    adult = dates.years_later(today, -ADULT)
    return Reminders(
        pauses_over=followed.filter(status=Child.Status.PAUSED, paused_until__lte=today),
        of_age=_not_asked_yet(followed.filter(born_on__lte=adult)),
        soon_of_age=followed.filter(born_on__gt=adult, born_on__lte=dates.years_later(today + SOON, -ADULT)),
        consents=followed.filter(pk__in=guarding.consents_to_ask_again().values("child")),
        nobody_answers=Family.objects.visible_to(user)
        .nobody_answers()
        .filter(Exists(Child.objects.followed().filter(family=OuterRef("pk")))),
    )


def number_for(user, today: date | None = None) -> int:
    """How many files wait for a thought; what is merely soon, and the families' side, are left to the page."""
    found = for_person(user, today)
    return found.pauses_over.count() + found.of_age.count() + found.consents.count()


def _not_asked_yet(children: QuerySet[Child]) -> QuerySet[Child]:
    """Those who have not yet said themselves, since they are of age, whether they agree to be followed.

    Found first, by the index of each status, and put in order afterwards: in the order of birth every database would
    pass all who ever came of age on its way to the few of them who are followed.
    """
    own = Consent.objects.filter(child=OuterRef("pk"), purpose=Consent.Purpose.CARE, withdrawn_on=None, guardian=None)
    unasked = children.exclude(Exists(own)).values("pk")
    first, *others = [unasked.filter(status=status) for status in Child.FOLLOWED]
    return Child.objects.filter(pk__in=first.union(*others))
