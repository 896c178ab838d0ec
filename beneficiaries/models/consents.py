import secrets
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.children import Child
from beneficiaries.models.families import Guardian, Language
from beneficiaries.models.places import scope
from hajar.journal.models import Journalled
from hajar.lib import dates

ADULT = 18
SOON = timedelta(days=60)  # within which an answer that ends is asked again in good time


def evidence_path(consent, filename: str) -> str:
    suffix = "." + filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    return f"consents/{secrets.token_hex(16)}{suffix[:5]}"


class Purpose(models.TextChoices):
    """What a family is asked for, each by itself. Only the first may be needed for a chair."""

    CARE = "care", _("care and wheelchair service")
    HOSPITAL = "hospital", _("sharing with the hospital")
    PROOF_PHOTO = "proof_photo", _("photo as proof of delivery")
    PUBLICATION_PHOTO = "publication_photo", _("photo for publication")
    RESEARCH = "research", _("contact for research")
    MESSAGES = "messages", _("messages and reminders")


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def current(self, purpose: str, language: str, on: date | None = None) -> "ConsentText | None":
        """The text that is read aloud on that day; in Arabic where the language has none."""
        known = self.filter(purpose=purpose, from_on__lte=on or timezone.localdate())
        newest = known.order_by("-from_on", "-created_at", "pk")
        return newest.filter(language=language).first() or newest.filter(language=Language.ARABIC).first()

    def in_use(self, on: date | None = None) -> "list[ConsentText]":
        """The newest text of each purpose and language, in the order of the purposes; one query."""
        newest: dict[tuple[str, str], ConsentText] = {}
        for text in self.filter(from_on__lte=on or timezone.localdate()).order_by("from_on", "created_at", "pk"):
            newest[text.purpose, text.language] = text
        keys = [(purpose, language) for purpose in Purpose.values for language in Language.values]
        return [newest[key] for key in keys if key in newest]


class ConsentText(Journalled):
    """One row is the words in which one purpose is asked for in one language, from a day on; never edited."""

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    language = models.CharField(_("language"), max_length=3, choices=Language.choices)
    version = models.CharField(_("version"), max_length=20, help_text=_("A new wording is a new version: 2027-01."))
    text = models.TextField(_("what is read aloud"), max_length=4000)
    from_on = models.DateField(_("in use from"), default=timezone.localdate)

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a consent")
        verbose_name_plural = _("texts of consents")
        default_permissions = ("add", "view")
        constraints = [
            models.UniqueConstraint(
                name="consent_text_has_one_version",
                fields=["purpose", "language", "version"],
                violation_error_message=_("This version exists already: give the new wording a new version."),
            )
        ]

    def __str__(self):
        return f"{self.get_purpose_display()} · {self.get_language_display()} · {self.version}"


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "child__family__province__region"))

    def in_force(self, on: date | None = None):
        """What may be relied on that day, and the one place that says so.

        The latest answer to its purpose, given and neither withdrawn nor run out; by a guardian who still answered for
        a child under age, or by the person herself; and, where her own word decides, she did not say no.
        """
        on = on or timezone.localdate()
        of_age = Q(child__born_on__lte=dates.years_later(on, -ADULT))
        of_its_guardian = ~of_age & (Q(guardian__ended_on=None) | Q(guardian__ended_on__gt=on))
        return (
            self.filter(answer=Consent.Answer.GIVEN, answered_on__lte=on)
            .filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on))
            .nothing_newer(on)
            .filter(Q(expires_on=None) | Q(expires_on__gte=on))
            .filter(Q(guardian=None) | (Q(guardian__isnull=False) & of_its_guardian))
            .exclude(assent=Consent.Assent.NO, purpose__in=Consent.ASSENT_DECIDES)
        )

    def given(self, on: date | None = None):
        """Given and neither withdrawn nor refused since; it may have run out, or its guardian's time."""
        on = on or timezone.localdate()
        return self.filter(answer=Consent.Answer.GIVEN, answered_on__lte=on).filter(
            Q(withdrawn_on=None) | Q(withdrawn_on__gt=on),
            ~Exists(_later_answers().filter(answer=Consent.Answer.REFUSED, answered_on__lte=on)),
        )

    def nothing_newer(self, until: date | None = None):
        """The latest answers to their purpose: nobody has answered it since, or not by that day."""
        later = _later_answers()
        return self.filter(~Exists(later.filter(answered_on__lte=until) if until else later))

    def to_renew(self, on: date | None = None):
        """Given for a child we follow, and ended or ending soon, with nothing newer; see Consent.standing for why."""
        on = on or timezone.localdate()
        # Each way to end has an index of its own; asked for in one breath, every consent would be looked at.
        first, *others = [Consent.objects.filter(way).values("pk") for way in _ways_to_end(on)]
        return self._not_asked_since(on).filter(pk__in=first.union(*others))

    def to_renew_of_former(self, on: date | None = None):
        """Those of them whose guardian no longer answers: these are few, and each is asked for every way at once."""
        on = on or timezone.localdate()
        # On whatever day: said as a range, SQLite takes the index of those who ended even while nobody did.
        former = Q(guardian__ended_on__gte=date.min)
        return self._not_asked_since(on).filter(former, reduce(or_, _ways_to_end(on)))

    def _not_asked_since(self, on: date):
        """Given for a child we follow, and not withdrawn, with nothing newer."""
        return self.nothing_newer().filter(
            Q(withdrawn_on=None) | Q(withdrawn_on__gt=on),
            answer=Consent.Answer.GIVEN,
            answered_on__lte=on,
            child__status__in=Child.FOLLOWED,
        )

    def latest_first(self):
        return self.order_by("-answered_on", "-created_at", "pk")


def _ways_to_end(on: date) -> list[Q]:
    """By its day, with its guardian's time, or because the young person is of age."""
    of_age = Q(guardian__isnull=False, child__born_on__lte=dates.years_later(on, -ADULT))
    return [
        Q(expires_on__lte=on + SOON),
        Q(guardian__ended_on__lte=on),
        of_age & Q(child__status__in=Child.FOLLOWED),
    ]


def _later_answers():
    later = Q(answered_on__gt=OuterRef("answered_on")) | Q(
        answered_on=OuterRef("answered_on"), created_at__gt=OuterRef("created_at")
    )
    return Consent.objects.filter(later, child=OuterRef("child"), purpose=OuterRef("purpose"))


class Consent(Journalled):
    """One row is one purpose, answered on one day for one child by a guardian, or by herself once of age."""

    Purpose = Purpose

    class Answer(models.TextChoices):
        GIVEN = "given", _("given")
        REFUSED = "refused", _("refused")

    class Method(models.TextChoices):
        PAPER = "paper", _("signed on paper")
        SCREEN = "screen", _("signed on a screen")
        WITNESSED = "witnessed", _("spoken before a witness")

    class Assent(models.TextChoices):
        YES = "yes", _("the child agrees")
        NO = "no", _("the child does not agree")
        NOT_CAPABLE = "not_capable", _("cannot be asked yet")
        NOT_ASKED = "", _("not asked")

    class Way(models.TextChoices):
        """How somebody took a consent back: any way will do."""

        SAID = "said", _("said to one of us")
        CALL = "call", _("by phone")
        MESSAGE = "message", _("by message")
        LETTER = "letter", _("in writing")
        OPPOSITION = "opposition", _("asked to be left in peace")

    class Standing(models.TextChoices):
        """Where an answer stands today."""

        IN_FORCE = "in_force", _("in force")
        ENDS_SOON = "ends_soon", _("ends soon")
        EXPIRED = "expired", _("expired")
        ASK_AGAIN = "ask_again", _("to ask again")
        ASSENT_REFUSED = "assent_refused", _("the child does not agree")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REFUSED = "refused", _("refused")

    OWN = Guardian.LegalBasis.OF_AGE
    # Years for which an answer holds unless another day is given; care lasts as long as the care.
    LASTS = {
        Purpose.HOSPITAL: 2,
        Purpose.PROOF_PHOTO: 2,
        Purpose.PUBLICATION_PHOTO: 1,
        Purpose.RESEARCH: 2,
        Purpose.MESSAGES: 2,
    }
    ASSENT_DECIDES = (Purpose.PROOF_PHOTO, Purpose.PUBLICATION_PHOTO, Purpose.RESEARCH)

    child = models.ForeignKey(Child, verbose_name=_("child"), on_delete=models.PROTECT, related_name="consents")
    guardian = models.ForeignKey(
        Guardian,
        verbose_name=_("guardian"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consents",
        help_text=_("Nobody: the person answers herself, of age."),
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    answer = models.CharField(_("answer"), max_length=8, choices=Answer.choices, default=Answer.GIVEN)
    legal_basis = models.CharField(_("legal basis"), max_length=12, choices=Guardian.LegalBasis.choices)
    method = models.CharField(_("how"), max_length=10, choices=Method.choices, default=Method.PAPER)
    witness = models.CharField(_("witness"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=3, choices=Language.choices, default=Language.ARABIC)
    text = models.ForeignKey(
        ConsentText,
        verbose_name=_("what was read aloud"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    text_version = models.CharField(_("version of the text"), max_length=20, default="2026-11")
    evidence = models.FileField(_("signed paper"), upload_to=evidence_path, blank=True)
    assent = models.CharField(_("the child's own answer"), max_length=12, choices=Assent.choices, blank=True)
    answered_on = models.DateField(_("answered on"), default=timezone.localdate)
    expires_on = models.DateField(_("holds until"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Guardian, verbose_name=_("withdrawn by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_how = models.CharField(_("how it was withdrawn"), max_length=10, choices=Way.choices, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(name="consent_by_child", fields=["child", "purpose", "-answered_on"]),
            models.Index(name="consent_by_end", fields=["expires_on", "id"], condition=Q(withdrawn_on=None)),
            models.Index(name="consent_running_out", fields=["expires_on"], condition=Q(expires_on__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("answered_on")),
                violation_error_message=_("A consent cannot be withdrawn before it was given."),
            ),
            models.CheckConstraint(
                name="consent_spoken_has_witness",
                condition=~Q(method="witnessed") | ~Q(witness=""),
                violation_error_message=_("Name the witness of a spoken consent."),
            ),
            models.CheckConstraint(
                name="consent_expires_after_given",
                condition=Q(expires_on=None) | Q(expires_on__gte=F("answered_on")),
                violation_error_message=_("A consent cannot end before it was given."),
            ),
            models.CheckConstraint(
                name="consent_own_has_no_guardian",
                condition=Q(guardian=None, legal_basis="of_age")
                | (Q(guardian__isnull=False) & ~Q(legal_basis="of_age")),
                violation_error_message=_("Either a guardian answers, or the person herself once of age."),
            ),
        ]

    def __str__(self):
        return self.get_purpose_display()

    def standing_on(self, on: date) -> "Consent.Standing":
        """Where this answer stands that day. Needs child and guardian at hand; later refusals are withdrawals here."""
        if self.answer == self.Answer.REFUSED:
            return self.Standing.REFUSED
        if self.withdrawn_on is not None and self.withdrawn_on <= on:
            return self.Standing.WITHDRAWN
        if self.guardian_id and (self.guardian_has_ended(on) or self.child.age_on(on) >= ADULT):
            return self.Standing.ASK_AGAIN
        if self.expires_on is not None and self.expires_on < on:
            return self.Standing.EXPIRED
        if self.assent == self.Assent.NO and self.purpose in self.ASSENT_DECIDES:
            return self.Standing.ASSENT_REFUSED
        if self.expires_on is not None and self.expires_on <= on + SOON:
            return self.Standing.ENDS_SOON
        return self.Standing.IN_FORCE

    @property
    def standing(self) -> "Consent.Standing":
        return self.standing_on(timezone.localdate())

    @property
    def is_in_force(self) -> bool:
        return self.standing in (self.Standing.IN_FORCE, self.Standing.ENDS_SOON)

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether there is something left that a family may take back."""
        return self.answer == self.Answer.GIVEN and self.withdrawn_on is None

    @property
    def who(self) -> str | Promise:
        """Who answered, in the reader's script."""
        return self.guardian.name if self.guardian else _("the person herself")

    def guardian_has_ended(self, on: date) -> bool:
        return bool(self.guardian and self.guardian.ended_on and self.guardian.ended_on <= on)
