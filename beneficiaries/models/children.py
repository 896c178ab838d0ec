from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.families import Family
from beneficiaries.models.names import Named, NamedQuerySet, has_a_name
from beneficiaries.models.places import scope
from beneficiaries.models.standing import Mergeable, StandingManager, merged_into
from hajar.journal.models import Entry, Journalled
from hajar.lib import dates
from hajar.lib.several import SeveralField


def photo_path(child, filename: str) -> str:
    """A name that says nothing about the child."""
    import secrets

    return f"children/{secrets.token_hex(16)}.webp"


class ChildQuerySet(NamedQuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "family__province__region"))

    def lock_of(self, row):
        """The child whose row this is, such as a need, locked; found again where her file was merged meanwhile."""
        for _turn in range(3):
            key = type(row)._base_manager.values_list("child", flat=True).get(pk=row.pk)
            child: Any = self.select_for_update(no_key=True).get(pk=key)
            if child.merged_into_id is None:
                return child
        raise Child.DoesNotExist

    def followed(self):
        """The one definition of a child we follow now, used wherever children are counted."""
        return self.filter(status__in=Child.FOLLOWED)

    def waiting(self):
        """Children with a need on the waiting list."""
        needs: Any = self.model._meta.get_field("needs").related_model
        return self.filter(Exists(needs.objects.open().filter(child=OuterRef("pk"))))

    def born_between_ages(self, youngest: int | None, oldest: int | None, today: date):
        """Children aged from `youngest` to `oldest` whole years today."""
        rows = self
        if youngest is not None:
            rows = rows.filter(born_on__lte=dates.years_later(today, -youngest))
        if oldest is not None:
            rows = rows.filter(born_on__gt=dates.years_later(today, -oldest - 1))
        return rows

    def with_family(self):
        return self.select_related("family__province__region")


class Child(Named, Mergeable, Journalled):
    """One row is a child followed by the association."""

    class Sex(models.TextChoices):
        GIRL = "F", _("girl")
        BOY = "M", _("boy")

    class Precision(models.TextChoices):
        EXACT = "exact", _("exact day")
        MONTH = "month", _("month and year")
        YEAR = "year", _("year only")

    class School(models.TextChoices):
        ATTENDS = "attends", _("goes to school")
        IRREGULAR = "irregular", _("goes irregularly")
        DROPPED_OUT = "dropped_out", _("left school because of mobility")
        NEVER_ENROLLED = "never_enrolled", _("never enrolled")
        TOO_YOUNG = "too_young", _("too young")
        HOME_TUITION = "home_tuition", _("taught at home")
        UNKNOWN = "unknown", _("not known")

    class Status(models.TextChoices):
        ACTIVE = "active", _("followed")
        PAUSED = "paused", _("paused")
        MOVED = "moved", _("moved away")
        OF_AGE = "of_age", _("of age")
        CLOSED = "closed", _("closed")
        DECEASED = "deceased", _("deceased")

    class Precautions(models.TextChoices):
        """What a visitor must heed, without the why."""

        STANDARD = "standard", _("standard visit")
        ENHANCED = "enhanced", _("protected visit")
        NO_HOME_VISIT = "no_home_visit", _("no home visit")

    FOLLOWED = (Status.ACTIVE, Status.PAUSED)

    number = models.PositiveIntegerField(_("number"), unique=True, editable=False)
    family = models.ForeignKey(Family, verbose_name=_("family"), on_delete=models.PROTECT, related_name="children")
    born_on = models.DateField(_("birth date"))
    birth_precision = models.CharField(
        _("known to the"), max_length=5, choices=Precision.choices, default=Precision.EXACT
    )
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices)
    photo = models.ImageField(_("photo"), upload_to=photo_path, blank=True)
    school = models.CharField(_("school"), max_length=15, choices=School.choices, default=School.UNKNOWN)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    status_note = models.CharField(_("why the file stands so"), max_length=300, blank=True, editable=False)
    paused_until = models.DateField(_("paused until"), null=True, blank=True, editable=False)
    died_on = models.DateField(_("died on"), null=True, blank=True, editable=False)
    precautions = models.CharField(
        _("visit precautions"), max_length=15, choices=Precautions.choices, default=Precautions.ENHANCED
    )
    precautions_note = models.CharField(
        _("what visitors should do"),
        max_length=200,
        blank=True,
        help_text=_("Never write a diagnosis here: volunteers read it."),
    )
    requested_on = models.DateField(
        _("first request"), default=timezone.localdate, help_text=_("Waiting counts from this day and is never reset.")
    )
    previous_reference = models.CharField(_("number in the old register"), max_length=40, blank=True)
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    other_names = models.JSONField(
        _("names in merged files"),
        default=list,
        editable=False,
        help_text=_("Each in both scripts: found by them, too."),
    )

    KEYED_FIELDS = (*Named.NAME_FIELDS, "other_names")

    objects = StandingManager.from_queryset(ChildQuerySet)()
    with_merged = ChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("child")
        verbose_name_plural = _("children")
        permissions = [
            ("close_child", "Can close the file of a child"),
            ("merge_child", "Can merge two files of one child, and take it back"),
            ("import_register", "Can import a register"),
            ("export_register", "Can export the register"),
            ("see_small_counts", "Can see counts under five in reports"),
        ]
        indexes = [
            models.Index(name="child_by_name", fields=["sort_key", "id"]),
            models.Index(name="child_by_status", fields=["status", "sort_key", "id"]),
            models.Index(name="child_by_birth", fields=["born_on", "id"]),
            models.Index(name="child_by_status_and_birth", fields=["status", "born_on", "id"]),
            models.Index(name="child_by_request", fields=["requested_on", "id"]),
            models.Index(name="child_by_family", fields=["family", "born_on"]),
            models.Index(name="child_by_pause", fields=["paused_until"], condition=Q(paused_until__isnull=False)),
        ]
        constraints = [
            has_a_name("child_has_a_name"),
            models.CheckConstraint(
                name="child_born_before_request",
                condition=Q(requested_on__gte=models.F("born_on")),
                violation_error_message=_("The first request cannot be before the birth."),
            ),
            models.CheckConstraint(
                name="child_pause_ends_only_while_paused",
                condition=Q(paused_until=None) | Q(status="paused"),
                violation_error_message=_("Only a pause has a day on which it ends."),
            ),
            models.CheckConstraint(
                name="child_died_only_if_deceased",
                condition=Q(died_on=None) | Q(status="deceased", died_on__gte=models.F("born_on")),
                violation_error_message=_("A day of death belongs to a child who has died, after her birth."),
            ),
        ]

    def get_absolute_url(self):
        return reverse("beneficiaries:child_detail", args=[self.pk])

    @property
    def reference(self) -> str:
        return f"HJ-{self.number:05d}" if self.number else ""

    @property
    def known_names(self) -> list[str]:
        """Every full name by which the child is or was written, in either script."""
        written = [self.full_name_latin, self.full_name_arabic, *(name for pair in self.other_names for name in pair)]
        return [name for name in dict.fromkeys(written) if name]

    @property
    def is_followed(self) -> bool:
        return self.status in self.FOLLOWED

    @property
    def is_deceased(self) -> bool:
        return self.status == self.Status.DECEASED

    @property
    def other_names_words(self) -> list[str]:
        return [" · ".join(filter(None, pair)) for pair in self.other_names]

    def history(self):
        """Entries about this file and about those merged into it, newest first."""
        rows = [self, *self.merged_files()]
        return Entry.objects.about(*rows).select_related("actor", "payload").latest_first()

    def merged_files(self):
        """The files that were merged into this one."""
        return Child.with_merged.filter(merged_into([self.pk]))

    def age_on(self, day: date) -> int:
        """Whole years on that day."""
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))

    @property
    def age(self) -> int:
        """Whole years today; approximate where the birth date is."""
        return self.age_on(timezone.localdate())

    @property
    def age_text(self) -> str:
        """The age in words, in months before the second birthday; "about" where only the year of birth is known."""
        today = timezone.localdate()
        years = self.age_on(today)
        if self.birth_precision == self.Precision.YEAR:
            years = max(years, 0)
            return ngettext("about %(n)d year", "about %(n)d years", years) % {"n": years}
        if years >= 2:
            return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}
        born = self.born_on
        months = max((today.year - born.year) * 12 + today.month - born.month - (today.day < born.day), 0)
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}

    @property
    def birth_text(self) -> str:
        """The birth date in words, no more exact than it is known."""
        shown = {"month": "F Y", "year": "Y"}.get(self.birth_precision, "DATE_FORMAT")
        return formats.date_format(self.born_on, shown)

    @property
    def precaution_sentences(self) -> list[str]:
        """What a visitor must do, without the why; nothing for a standard visit that nobody added a word to."""
        sentences: dict[str, list[str]] = {
            self.Precautions.ENHANCED: [
                gettext("Nobody with a fever, a cold, a cough or a rash visits."),
                gettext("Clean hands at the door; a mask if the family asks."),
            ],
            self.Precautions.NO_HOME_VISIT: [
                gettext("Nobody goes into the home: agree with the family by phone where to meet."),
            ],
        }
        known = sentences.get(self.precautions, [])
        return [*known, self.precautions_note] if self.precautions_note else known


class HealthRecordQuerySet(models.QuerySet):
    def visible_to(self, user):
        # The second record of two merged files stays with the one that ended, for when the merge is taken back.
        return self.filter(scope(user, "child__family__province__region"), child__merged_into=None)


class HealthRecord(Journalled):
    """One row is what the hospital knows of one child; narrow access, every opening is journalled."""

    class DiagnosisStatus(models.TextChoices):
        SUSPECTED = "suspected", _("suspected")
        CLINICAL = "clinical", _("confirmed clinically")
        GENETIC = "genetic", _("confirmed genetically")
        EXCLUDED = "excluded", _("ruled out")

    class Donor(models.TextChoices):
        SIBLING = "sibling", _("matched brother or sister")
        FAMILY = "family", _("other matched relative")
        UNRELATED = "unrelated", _("matched, unrelated")
        HALF_MATCHED = "half_matched", _("half matched relative")
        CORD = "cord", _("cord blood")

    class Outcome(models.TextChoices):
        CURED = "cured", _("immune system restored")
        PARTIAL = "partial", _("partly restored")
        AGAIN = "again", _("transplanted a second time")
        FAILED = "failed", _("the graft was lost")
        TOO_EARLY = "too_early", _("too early to say")

    class Route(models.TextChoices):
        INTRAVENOUS = "intravenous", _("into a vein")
        SUBCUTANEOUS = "subcutaneous", _("under the skin")

    class Place(models.TextChoices):
        HOSPITAL = "hospital", pgettext_lazy("place of treatment", "at the hospital")
        HOME = "home", pgettext_lazy("place of treatment", "at home")

    class Prophylaxis(models.TextChoices):
        BACTERIAL = "bacterial", _("bacteria")
        FUNGAL = "fungal", _("fungi")
        PNEUMOCYSTIS = "pneumocystis", _("pneumocystis")
        VIRAL = "viral", _("viruses")
        MYCOBACTERIAL = "mycobacterial", _("mycobacteria")

    child = models.OneToOneField(Child, verbose_name=_("child"), on_delete=models.PROTECT, related_name="health_record")
    diagnosis = models.CharField(
        _("diagnosis"),
        max_length=20,
        blank=True,
        help_text=_("May stay empty: many children have a motor disorder alone."),
    )
    diagnosis_edition = models.CharField(_("edition of the code list"), max_length=12, blank=True)
    diagnosis_status = models.CharField(
        _("status of the diagnosis"), max_length=10, choices=DiagnosisStatus.choices, blank=True
    )
    diagnosis_as_written = models.CharField(_("diagnosis as written"), max_length=200, blank=True)
    hospital = models.CharField(_("hospital"), max_length=120, blank=True)
    hospital_number = models.CharField(_("hospital file number"), max_length=40, blank=True)
    transplanted_on = models.DateField(_("bone marrow transplant on"), null=True, blank=True)
    transplanted_abroad = models.BooleanField(_("transplanted abroad"), default=False)
    transplant_donor = models.CharField(_("donor"), max_length=12, choices=Donor.choices, blank=True)
    transplant_outcome = models.CharField(
        _("outcome of the transplant"), max_length=12, choices=Outcome.choices, blank=True
    )
    has_immunoglobulin = models.BooleanField(_("receives immunoglobulin"), default=False)
    immunoglobulin_route = models.CharField(_("how it is given"), max_length=12, choices=Route.choices, blank=True)
    immunoglobulin_every_days = models.PositiveSmallIntegerField(_("every how many days"), null=True, blank=True)
    immunoglobulin_place = models.CharField(_("where it is given"), max_length=8, choices=Place.choices, blank=True)
    prophylaxis = SeveralField(_("prophylaxis against"), options=Prophylaxis.choices)
    prophylaxis_drugs = models.CharField(_("prophylaxis: which medicines"), max_length=200, blank=True)
    limit_radiation = models.BooleanField(
        _("limit ionising radiation"), default=False, help_text=_("Ask the hospital before any X-ray or CT scan.")
    )
    no_live_vaccines = models.BooleanField(
        _("no live vaccine without the immunologist"),
        default=False,
        help_text=_(
            "BCG, measles and rubella, chickenpox, oral polio, rotavirus, yellow fever and other live vaccines."
        ),
    )
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = HealthRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("health record")
        verbose_name_plural = _("health records")
        permissions = [("see_readers", "Can see who opened a health record")]
        constraints = [
            models.CheckConstraint(
                name="health_transplant_has_a_day",
                condition=Q(transplanted_on__isnull=False)
                | Q(transplanted_abroad=False, transplant_donor="", transplant_outcome=""),
                violation_error_message=_("Say when the transplant was, at least about."),
            ),
            models.CheckConstraint(
                name="health_immunoglobulin_is_received",
                condition=Q(has_immunoglobulin=True)
                | Q(immunoglobulin_route="", immunoglobulin_every_days=None, immunoglobulin_place=""),
                violation_error_message=_("How immunoglobulin is given belongs to a child who receives it."),
            ),
            models.CheckConstraint(
                name="health_immunoglobulin_interval_is_usual",
                condition=Q(immunoglobulin_every_days=None) | Q(immunoglobulin_every_days__range=(1, 92)),
                violation_error_message=_("Between one day and three months lie between two doses."),
            ),
        ]

    def __str__(self):
        return self.child.reference if "child" in self._state.fields_cache else str(self.pk)

    @property
    def alerts(self) -> dict[str, bool]:
        """What everybody must heed who may read the record, without the why."""
        return {"limits_radiation": self.limit_radiation, "no_live_vaccines": self.no_live_vaccines}
