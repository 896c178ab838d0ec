import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.children import Child
from beneficiaries.models.families import Guardian, Language
from beneficiaries.models.places import scope
from hajar.journal.models import Journalled


def evidence_path(consent, filename: str) -> str:
    suffix = "." + filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    return f"consents/{secrets.token_hex(16)}{suffix[:5]}"


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "child__family__province__region"))

    def valid(self):
        """Given, and not withdrawn since."""
        return self.filter(answer=Consent.Answer.GIVEN, withdrawn_on=None)

    def latest_first(self):
        return self.order_by("-answered_on", "-created_at", "pk")


class Consent(Journalled):
    """One row is one purpose, answered by one guardian on one day for one child."""

    class Purpose(models.TextChoices):
        CARE = "care", _("care and wheelchair service")
        HOSPITAL = "hospital", _("sharing with the hospital")
        PROOF_PHOTO = "proof_photo", _("photo as proof of delivery")
        PUBLICATION_PHOTO = "publication_photo", _("photo for publication")
        RESEARCH = "research", _("contact for research")
        MESSAGES = "messages", _("messages and reminders")

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

    child = models.ForeignKey(Child, verbose_name=_("child"), on_delete=models.PROTECT, related_name="consents")
    guardian = models.ForeignKey(
        Guardian, verbose_name=_("guardian"), on_delete=models.PROTECT, related_name="consents"
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    answer = models.CharField(_("answer"), max_length=8, choices=Answer.choices, default=Answer.GIVEN)
    legal_basis = models.CharField(_("legal basis"), max_length=12, choices=Guardian.LegalBasis.choices)
    method = models.CharField(_("how"), max_length=10, choices=Method.choices, default=Method.PAPER)
    witness = models.CharField(_("witness"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=3, choices=Language.choices, default=Language.ARABIC)
    text_version = models.CharField(_("version of the text"), max_length=20, default="2026-11")
    evidence = models.FileField(_("signed paper"), upload_to=evidence_path, blank=True)
    assent = models.CharField(_("the child's own answer"), max_length=12, choices=Assent.choices, blank=True)
    answered_on = models.DateField(_("answered on"), default=timezone.localdate)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
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
        indexes = [models.Index(name="consent_by_child", fields=["child", "purpose", "-answered_on"])]
        constraints = [
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=models.F("answered_on")),
                violation_error_message=_("A consent cannot be withdrawn before it was given."),
            ),
            models.CheckConstraint(
                name="consent_spoken_has_witness",
                condition=~Q(method="witnessed") | ~Q(witness=""),
                violation_error_message=_("Name the witness of a spoken consent."),
            ),
        ]

    def __str__(self):
        return self.get_purpose_display()

    @property
    def is_valid(self) -> bool:
        return self.answer == self.Answer.GIVEN and self.withdrawn_on is None
