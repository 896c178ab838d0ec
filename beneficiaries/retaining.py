"""How long each kind of data is kept, on which ground, and what happens then.

One table. The periods are the association's proposal to the CNDP: they are to be fixed with the authorisation, and
changed here. `review` counts what is over its time and `apply` does what the table says; a person starts either.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries import erasing, holdings
from beneficiaries.models import Association, Child, Consent, Erasure, RegisterImport, RightsRequest
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.journal.models import Entry, Payload
from hajar.lib import dates, files

Words = str | Promise
_CASE_WORKERS = _("case workers of the region, coordinators")


@dataclass(frozen=True)
class Category:
    """One kind of data: what it is for, on which ground, how long it is kept, what happens then, who sees it."""

    code: str
    name: Words
    purpose: Words
    basis: Words
    period: Words
    then: Words
    seen_by: Words
    is_sensitive: bool = False


_WHOLE_FILE = _("as long as the file, then five years, and at least until the person is 20")
_MADE_ANONYMOUS = _("made anonymous: only counts stay")
_CONSENT_CARE = _("consent for care, by who represents the child")

_TABLE = [
    Category(
        "identity",
        _("Identity"),
        _("know for whom a chair is, and that she is one and the same child"),
        _CONSENT_CARE,
        _WHOLE_FILE,
        _MADE_ANONYMOUS,
        _("case workers of the region, coordinators, clinicians; a volunteer: the given name, around her round"),
    ),
    Category(
        "contact",
        _("Where a family lives and how to call it"),
        _("call, visit and deliver"),
        _CONSENT_CARE,
        _WHOLE_FILE,
        _("deleted"),
        _("case workers of the region, coordinators; a volunteer: around her round"),
    ),
    Category(
        "household",
        _("Family and who answers for the child"),
        _("ask the right person, in the right language"),
        _CONSENT_CARE,
        _WHOLE_FILE,
        _MADE_ANONYMOUS,
        _CASE_WORKERS,
    ),
    Category(
        "mobility",
        _("Mobility, posture, measures and daily life"),
        _("choose a chair that fits, and see that it goes on fitting"),
        _("consent for care; health data, with the authorisation of the CNDP"),
        _WHOLE_FILE,
        _MADE_ANONYMOUS,
        _("case workers of the region, coordinators, clinicians"),
        is_sensitive=True,
    ),
    Category(
        "health",
        _("Health record"),
        _("protect an immunodeficient child during visits, and speak with the hospital"),
        _("consent for care; health data, with the authorisation of the CNDP"),
        _("as long as the file"),
        _("deleted"),
        _("clinicians and coordinators; each opening is written down"),
        is_sensitive=True,
    ),
    Category(
        "need",
        _("Need, priority and chair chosen"),
        _("give chairs in a fair order, and be able to show it"),
        _("consent for care; legitimate interest in fairness"),
        _WHOLE_FILE,
        _MADE_ANONYMOUS,
        _("case workers of the region, coordinators, clinicians"),
        is_sensitive=True,
    ),
    Category(
        "chair",
        _("The chair with the child"),
        _("repair, recall and take back what was lent"),
        _("legitimate interest in safe chairs"),
        _("as long as the chair"),
        _("the child’s reference alone stays"),
        _("storekeepers, coordinators, case workers"),
    ),
    Category(
        "handover",
        _("Hand-over"),
        _("prove that the chair arrived, and to whom"),
        _("consent for care; accounts of the association"),
        _("ten years, as accounts"),
        _("names deleted; the day and the outcome stay"),
        _("coordinators, case workers of the region; the volunteer who delivered"),
    ),
    Category(
        "photo",
        _("Photos and signatures"),
        _("recognise a child, prove a hand-over"),
        _("consent for each kind of photo"),
        _("24 months, or until the consent ends"),
        _("deleted"),
        _("coordinators, case workers of the region"),
    ),
    Category(
        "consent",
        _("Consents"),
        _("prove what a family allowed"),
        _("legal obligation: law 09-08, articles 4 and 21"),
        _("five years after the consent has ended"),
        _("the paper is deleted; the answer and the day stay"),
        _CASE_WORKERS,
    ),
    Category(
        "rights",
        _("Requests of families"),
        _("answer in time, and prove it"),
        _("legal obligation: law 09-08, articles 7 to 9"),
        _("five years after the answer"),
        _("words deleted; kind and days stay"),
        _CASE_WORKERS,
    ),
    Category(
        "notes",
        _("Free words"),
        _("keep in mind what no list foresees"),
        _CONSENT_CARE,
        _WHOLE_FILE,
        _("deleted"),
        _("whoever sees the page on which they stand"),
        is_sensitive=True,
    ),
    Category(
        "phone",
        _("What phones told, word for word"),
        _("lose nothing that a volunteer has written"),
        _("legitimate interest in complete records"),
        _("24 months"),
        _("words deleted; that there was an entry stays"),
        _("coordinators"),
    ),
    Category(
        "import",
        _("Uploaded registers"),
        _("look at an old register before it is written"),
        _CONSENT_CARE,
        _("90 days"),
        _("rows deleted"),
        _("whoever uploaded it"),
        is_sensitive=True,
    ),
    Category(
        "national_identity",
        _("National identity number"),
        _("tell two adults of one name apart, where a site is authorised to"),
        _("authorisation of the CNDP; off unless a site turns it on"),
        _("as long as the file"),
        _("deleted"),
        _("case workers of the region see the last three characters"),
        is_sensitive=True,
    ),
    Category(
        "work",
        _("How the work went"),
        _("know who did what, and when"),
        _("legitimate interest in accountable work"),
        _WHOLE_FILE,
        _("stays: it says nothing of the family"),
        _("whoever sees the page on which it stands"),
    ),
    Category(
        "staff",
        _("Accounts of staff and volunteers"),
        _("let in who may come in, and say who did what"),
        _("contract or volunteer agreement"),
        _("as long as the account; then the name stays beside what the person did"),
        _("account closed, telephone and sessions deleted"),
        _("administrators; colleagues see the name"),
    ),
    Category(
        "journal",
        _("Journal"),
        _("show who saw or changed what; notice what was tampered with"),
        _("legal obligation of security: law 09-08, article 23"),
        _("details three years; the chain for good"),
        _("details deleted, the chain stays"),
        _("administrators; a family hears who looked at its file"),
    ),
]
CATEGORIES: dict[str, Category] = {category.code: category for category in _TABLE}


# --- what is over its time ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """One category's clock: the rows whose time is over that day, and what happens to them (returns how many)."""

    category: str
    words: Words
    over: Callable[[date], models.QuerySet]
    apply: Callable[[models.QuerySet], int]


@dataclass(frozen=True)
class Over:
    """What is over its time today, for one rule."""

    rule: Rule
    number: int

    @property
    def category(self) -> Category:
        return CATEGORIES[self.rule.category]


DAYS_OF_IMPORTS = 90
MONTHS_OF_PHOTOS = 24
YEARS_OF_PROOF = 5
YEARS_OF_FILES = 5
OLDEST_CHILD = 20
YEARS_OF_DETAILS = 3

# Rooms above add theirs when they start (AppConfig.ready).
rules: list[Rule] = []


def review(today: date | None = None) -> list[Over]:
    """How many rows are over their time, rule by rule; changes nothing."""
    today = today or timezone.localdate()
    return [Over(rule, rule.over(today).count()) for rule in rules]


@transaction.atomic
def apply(*, by: User | None, today: date | None = None) -> list[Over]:
    """Do what the table says to everything that is over its time; returns what was done. Safe to repeat."""
    today = today or timezone.localdate()
    done = [Over(rule, rule.apply(rule.over(today))) for rule in rules]
    counts = {f"{each.rule.category}:{number}": each.number for number, each in enumerate(done) if each.number}
    if counts:
        journal.record("retention.applied", Association.get(), by=by, payload=counts)
    return done


def _ended_consents(today: date) -> models.QuerySet:
    """Papers of answers that ended five years ago: withdrawn, run out, or refused."""
    before = dates.years_later(today, -YEARS_OF_PROOF)
    ended = models.Q(withdrawn_on__lt=before) | models.Q(expires_on__lt=before)
    refused = models.Q(answer=Consent.Answer.REFUSED, answered_on__lt=before)
    return Consent.objects.filter(ended | refused).exclude(evidence="")


def delete_files(name: str) -> Callable[[models.QuerySet], int]:
    """What deletes the files of a field and empties it; the file goes once the transaction is certain."""

    def delete(rows: models.QuerySet) -> int:
        found = list(rows)
        for row in found:
            files.delete_once_certain(getattr(row, name))
        rows.model._base_manager.filter(pk__in=[row.pk for row in found]).update(**{name: ""})
        return len(found)

    return delete


def _old_imports(today: date) -> models.QuerySet:
    return RegisterImport.objects.filter(created_at__date__lt=today - timedelta(days=DAYS_OF_IMPORTS)).exclude(rows=[])


def _old_requests(today: date) -> models.QuerySet:
    old = RightsRequest.objects.filter(answered_on__lt=dates.years_later(today, -YEARS_OF_PROOF))
    return old.exclude(details="", answer__in=["", holdings.MARKED])


def _old_details(today: date) -> models.QuerySet:
    return Payload.objects.filter(entry__received_at__date__lt=dates.years_later(today, -YEARS_OF_DETAILS))


def _old_files(today: date) -> models.QuerySet:
    """Files closed for five years of a person who is twenty: nobody wrote or read anything about her since."""
    silent_since = dates.years_later(today, -YEARS_OF_FILES)
    heard_of = Entry.objects.filter(subject_id=models.OuterRef("pk"), received_at__date__gte=silent_since)
    return (
        Child.objects.exclude(status__in=Child.FOLLOWED)
        .filter(created_at__date__lt=silent_since, born_on__lte=dates.years_later(today, -OLDEST_CHILD))
        .exclude(models.Exists(heard_of))
        .exclude(pk__in=Erasure.objects.values("child"))
    )


def _forget_files(rows: models.QuerySet) -> int:
    return sum(erasing.forget_old(child) for child in rows.order_by("pk"))


def _delete(rows: models.QuerySet) -> int:
    return rows.delete()[0]


rules += [
    Rule("identity", _("Files closed for five years, of a person of 20 or more"), _old_files, _forget_files),
    Rule("consent", _("Papers of consents that ended five years ago"), _ended_consents, delete_files("evidence")),
    Rule("rights", _("Words of requests answered five years ago"), _old_requests,
         lambda rows: rows.update(details="", answer=holdings.MARKED)),
    Rule("import", _("Rows of registers uploaded 90 days ago"), _old_imports, lambda rows: rows.update(rows=[])),
    Rule("journal", _("Details of journal entries older than three years"), _old_details, _delete),
]  # fmt: skip
