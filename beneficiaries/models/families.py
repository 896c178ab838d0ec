from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from beneficiaries.models.names import Named, NamedQuerySet, NameKey, has_a_name
from beneficiaries.models.phones import PhoneField, PhoneKey
from beneficiaries.models.places import Province, Region, scope
from beneficiaries.models.standing import Mergeable, StandingManager
from hajar.journal.models import Journalled
from hajar.lib import names
from hajar.lib.portions import portions

AT_ONCE = 1000  # families of which one statement speaks


class Language(models.TextChoices):
    ARABIC = "ar", _("Arabic")
    FRENCH = "fr", _("French")
    TAMAZIGHT = "zgh", _("Tamazight")


class FamilyQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "province__region", also="also_followed_by"))

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for family in objs:
            family.tidy_place()
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs, fields = list(objs), set(fields)
        if "commune" in fields:
            fields.add("commune_key")
            for family in objs:
                family.tidy_place()
        plain: models.QuerySet = models.QuerySet(self.model, using=self.db)
        return plain.bulk_update(objs, sorted(fields), *args, **kwargs)

    def update(self, **changes):
        if "commune" in changes:
            changes["commune_key"] = place_key(changes["commune"])
        return super().update(**changes)

    update.alters_data = True  # type: ignore[attr-defined]

    def living_in(self, place: str):
        """Families whose town or village sounds like this one, in either script."""
        return self.filter(commune_key=place_key(place)).exclude(commune_key="")

    def rebuild_place_keys(self, batch_size: int = 500) -> int:
        """Bring the keys of towns and villages in step with the rules as they are now; returns how many changed."""
        stale: list[Any] = []
        family: Any
        for family in self.only("commune", "commune_key").order_by("pk").iterator():
            before = family.commune_key
            family.tidy_place()
            stale += [family] if family.commune_key != before else []
        plain: models.QuerySet = models.QuerySet(self.model, using=self.db)
        plain.bulk_update(stale, ["commune_key"], batch_size=batch_size)
        return len(stale)

    def nobody_answers(self):
        """Families without an adult who still answers for the children: each of theirs has ended, or none is known."""
        return self.filter(is_answered_for=False)

    def misjudged(self):
        """Families of which it is stored otherwise than their guardians say."""
        answers = _somebody_answers()
        return self.filter(Q(is_answered_for=True) & ~answers | Q(is_answered_for=False) & answers)

    def hold(self) -> None:
        """Let nobody else write in these families until the transaction ends."""
        list(self.select_for_update(no_key=True).order_by("pk").values_list("pk"))

    def refresh_answers(self) -> int:
        """Store anew whether somebody answers, where it differs; returns of how many families it did.

        One statement. Whoever writes guardians past Guardian and its querysets holds their families, and calls this
        afterwards.
        """
        return self.misjudged().update(is_answered_for=_somebody_answers())


def _somebody_answers() -> Exists:
    """Whether a family has a guardian who stands for herself, in no other's place, and whose time has not ended."""
    return Exists(Guardian.objects.current().filter(family=OuterRef("pk")))


def place_key(place: str) -> str:
    """One sound for a town or village, however it is spelled and in whichever script; "" for what has no letter."""
    return names.sound(place)[:80]


class Family(Mergeable, Journalled):
    """One row is the people living together who care for one or more of our children."""

    class OtherAffected(models.TextChoices):
        """What the family itself says of a brother or sister; nothing is ever concluded from a diagnosis."""

        NO = "no", _("the family says there is none")
        YES = "yes", _("the family says there is one")
        UNSAID = "unsaid", _("the family prefers not to say")

    number = models.PositiveIntegerField(_("number"), unique=True, editable=False)
    province = models.ForeignKey(
        Province, verbose_name=_("province or prefecture"), on_delete=models.PROTECT, related_name="families"
    )
    commune = models.CharField(_("town or village"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    directions = models.TextField(
        _("directions"),
        blank=True,
        max_length=1000,
        help_text=_("How to find the house: landmarks, colour of the door."),
    )
    language = models.CharField(
        _("preferred language"), max_length=3, choices=Language.choices, default=Language.ARABIC
    )
    also_followed_by = models.ForeignKey(
        Region,
        verbose_name=_("also followed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="families_also_followed",
        help_text=_("A second region whose staff see and follow this family, for example after it moved."),
    )
    other_affected = models.CharField(
        _("another child who is affected and not followed here"),
        max_length=8,
        choices=OtherAffected.choices,
        blank=True,
        help_text=_("Only what the family says by itself. Seen by staff, printed nowhere, never on a phone."),
    )
    notes = models.TextField(_("notes"), blank=True, max_length=2000)
    sort_key = models.CharField(max_length=170, editable=False, default="")
    commune_key = models.CharField(max_length=80, editable=False, default="")
    # Whether a guardian of its own answers for the children; one merged into another family has none. Stored, because
    # very many families have somebody and hardly one has nobody: see answers_follow.
    is_answered_for = models.BooleanField(editable=False, default=False)

    objects = StandingManager.from_queryset(FamilyQuerySet)()
    with_merged = FamilyQuerySet.as_manager()

    class Meta:
        verbose_name = _("family")
        verbose_name_plural = _("families")
        indexes = [
            models.Index(name="family_by_name", fields=["sort_key", "id"]),
            models.Index(name="family_by_province", fields=["province", "sort_key", "id"]),
            models.Index(name="family_by_commune", fields=["commune_key", "province"]),
            # Begins as every query for families that stand does: SQLite would take the index of `merged_into` else.
            models.Index(
                name="family_nobody_answers",
                fields=["merged_into", "sort_key", "id"],
                condition=Q(is_answered_for=False),
            ),
        ]

    def __str__(self):
        return self.reference

    def save(self, *args, **kwargs):
        self.tidy_place()
        fields = kwargs.get("update_fields")
        if fields is not None and "commune" in fields:
            kwargs["update_fields"] = {*fields, "commune_key"}
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            if fields is None or "is_answered_for" in fields:
                # What was read before a guardian was written is not what her family is now.
                Family.with_merged.filter(pk=self.pk).refresh_answers()

    def get_absolute_url(self):
        return reverse("beneficiaries:family_detail", args=[self.pk])

    def tidy_place(self) -> None:
        self.commune_key = place_key(self.commune)

    @property
    def reference(self) -> str:
        return f"FA-{self.number:05d}" if self.number else ""


@contextmanager
def answers_follow(
    *, homes: Iterable[UUID] = (), guardians: Iterable[UUID] = (), moves: bool = False
) -> Iterator[None]:
    """Write guardians; then store anew whether somebody answers in the families where they were and where they are.

    `homes` are families into which somebody is written, `guardians` the keys of rows that are there already, who may
    `moves` to a home not named. A family is held before its guardians are written, as each activity does: of two who
    write in it at once the later one waits, and counts what the earlier one wrote.
    """
    guardians = list(guardians)
    with transaction.atomic():
        families = {home for home in homes if home} | _homes_of(guardians)
        for some in _in_turns(families):
            some.hold()
        yield
        elsewhere = _homes_of(guardians) - families if moves else set()
        for some in _in_turns(elsewhere):
            some.hold()
        for some in _in_turns(families | elsewhere):
            some.refresh_answers()


def _homes_of(guardians: Collection[UUID]) -> set[UUID]:
    rows = Guardian.with_merged.all()
    found: set[UUID] = set()
    for some in portions(list(guardians), AT_ONCE):
        found |= set(rows.filter(pk__in=some).values_list("family", flat=True))
    return found


def _in_turns(families: Collection[UUID]) -> Iterator[FamilyQuerySet]:
    return (Family.with_merged.filter(pk__in=some) for some in portions(sorted(families, key=str), AT_ONCE))


class GuardianQuerySet(NamedQuerySet):
    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        known = [guardian.pk for guardian in objs] if kwargs.get("update_conflicts") else []
        with answers_follow(homes={guardian.family_id for guardian in objs}, guardians=known):
            return super().bulk_create(objs, *args, **kwargs)

    def insert(self, people):
        with answers_follow(homes={guardian.family_id for guardian in people}):
            return super().insert(people)

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs, fields = list(objs), list(fields)
        if not Guardian.ANSWERING_FIELDS.intersection(fields):
            return super().bulk_update(objs, fields, *args, **kwargs)
        with answers_follow(guardians=[guardian.pk for guardian in objs], moves="family" in fields):
            return super().bulk_update(objs, fields, *args, **kwargs)

    def update(self, **changes):
        if not Guardian.ANSWERING_FIELDS & changes.keys():
            return super().update(**changes)
        pks = list(self.order_by("pk").values_list("pk", flat=True))
        with answers_follow(guardians=pks, moves=bool({"family", "family_id"} & changes.keys())):
            return super().update(**changes)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self):
        with answers_follow(guardians=list(self.order_by("pk").values_list("pk", flat=True))):
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def visible_to(self, user):
        return self.filter(scope(user, "family__province__region"))

    def current(self):
        """Those who still answer for the children."""
        return self.filter(ended_on=None)

    def to_call_first(self):
        return self.order_by("-is_first_contact", "created_at", "pk")

    def representing_first(self):
        """Who may sign, in the order of the Family Code (LEGAL_ORDER); those who no longer answer come last."""
        places = [When(legal_basis=basis, then=Value(place)) for place, basis in enumerate(Guardian.LEGAL_ORDER)]
        order = Case(*places, default=Value(len(places)), output_field=IntegerField())
        return self.annotate(legal_place=order).order_by(
            F("ended_on").desc(nulls_first=True), "legal_place", "-is_first_contact", "created_at", "pk"
        )


class Guardian(Named, Mergeable, Journalled):
    """One row is an adult who answers for the children of one family."""

    class Relation(models.TextChoices):
        MOTHER = "mother", _("mother")
        FATHER = "father", _("father")
        GRANDPARENT = "grandparent", _("grandparent")
        UNCLE_AUNT = "uncle_aunt", _("uncle or aunt")
        SIBLING = "sibling", _("brother or sister of age")
        GUARDIAN = "guardian", _("guardian")
        INSTITUTION = "institution", _("institution")
        HERSELF = "herself", pgettext_lazy("relation", "the young person herself")
        OTHER = "other", _("other")

    class LegalBasis(models.TextChoices):
        """Who represents a minor, in the order of the Family Code (art. 231-232); of age, a person answers herself."""

        OF_AGE = "of_age", pgettext_lazy("legal basis", "answers for herself, of age")

        FATHER = "father", _("father")
        MOTHER = "mother", _("mother, in default of the father")
        TESTAMENTARY = "testamentary", _("testamentary guardian")
        JUDGE = "judge", _("judge or guardian named by the judge")
        DE_FACTO = "de_facto", _("actually protects the child (art. 232)")
        UNKNOWN = "unknown", _("to be clarified")

    # Family Code, art. 230-232: the father, the mother in his default, who a will names, who the judge names, and the
    # one who actually protects the child until then. Of age, the young person comes before all.
    LEGAL_ORDER = (
        LegalBasis.OF_AGE,
        LegalBasis.FATHER,
        LegalBasis.MOTHER,
        LegalBasis.TESTAMENTARY,
        LegalBasis.JUDGE,
        LegalBasis.DE_FACTO,
        LegalBasis.UNKNOWN,
    )

    class Ending(models.TextChoices):
        DEATH = "death", _("death")
        JUDGE = "judge", _("decision of the judge")
        MAJORITY = "majority", _("the young person is of age")
        OTHER = "other", _("another reason")

    family = models.ForeignKey(Family, verbose_name=_("family"), on_delete=models.PROTECT, related_name="guardians")
    relation = models.CharField(_("relation to the children"), max_length=12, choices=Relation.choices)
    legal_basis = models.CharField(
        _("legal basis"), max_length=12, choices=LegalBasis.choices, default=LegalBasis.UNKNOWN
    )
    phone = PhoneField(_("phone"), blank=True)
    has_whatsapp = models.BooleanField(_("uses WhatsApp"), default=False)
    is_first_contact = models.BooleanField(_("call first"), default=False)
    herself = models.OneToOneField(
        "beneficiaries.Child",
        verbose_name=_("the young person"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="own_contact",
    )
    ended_on = models.DateField(_("guardian until"), null=True, blank=True)
    ended_because = models.CharField(_("ended because"), max_length=10, choices=Ending.choices, blank=True)

    KEYED_FIELDS = (*Named.NAME_FIELDS, "phone")
    # By these she counts as one who answers in her family, or not.
    ANSWERING_FIELDS = frozenset({"family", "family_id", "ended_on", "merged_into", "merged_into_id"})

    objects = StandingManager.from_queryset(GuardianQuerySet)()
    with_merged = GuardianQuerySet.as_manager()

    class Meta:
        base_manager_name = "with_merged"  # what is written through it (merging.py, family.guardians.add) follows, too
        verbose_name = _("guardian")
        verbose_name_plural = _("guardians")
        indexes = [
            models.Index(name="guardian_by_phone", fields=["phone"]),
            models.Index(name="guardian_who_ended", fields=["ended_on"], condition=Q(ended_on__isnull=False)),
        ]
        constraints = [
            has_a_name("guardian_has_a_name"),
            models.UniqueConstraint(
                name="family_has_one_first_contact",
                fields=["family"],
                condition=Q(is_first_contact=True),
                violation_error_message=_("Another guardian of this family is already called first."),
            ),
            models.CheckConstraint(
                name="guardian_called_first_is_current",
                condition=Q(is_first_contact=False) | Q(ended_on=None),
                violation_error_message=_("Who no longer answers for the children is not the one to call first."),
            ),
            models.CheckConstraint(
                name="guardian_ended_because_has_a_day",
                condition=Q(ended_because="") | Q(ended_on__isnull=False),
                violation_error_message=_("Say since when this person no longer answers for the children."),
            ),
            models.CheckConstraint(
                name="guardian_of_herself_is_the_child",
                condition=Q(relation="herself", herself__isnull=False) | (~Q(relation="herself") & Q(herself=None)),
                violation_error_message=_("Only a young person of age answers for herself: register her on her page."),
            ),
        ]

    def save(self, *args, **kwargs):
        fields = kwargs.get("update_fields")
        if fields is not None and not self.ANSWERING_FIELDS.intersection(fields):
            super().save(*args, **kwargs)
            return
        with answers_follow(homes=[self.family_id], guardians=[self.pk]):
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        with answers_follow(guardians=[self.pk]):
            return super().delete(*args, **kwargs)

    @classmethod
    def write_keys(cls, people: Sequence[Named]) -> None:
        super().write_keys(people)
        PhoneKey.write_many(people)

    @classmethod
    def rewrite_keys(cls, people: Sequence[Named]) -> int:
        return len(NameKey.rewrite_many(people) | PhoneKey.rewrite_many(people))

    @property
    def is_current(self) -> bool:
        return self.ended_on is None

    @property
    def whatsapp_url(self) -> str:
        """The wa.me address, without any text; "" where there is no WhatsApp."""
        return f"https://wa.me/{self.phone.as_e164.lstrip('+')}" if self.phone and self.has_whatsapp else ""
