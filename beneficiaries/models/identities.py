from django.db import models
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.families import Guardian
from beneficiaries.models.places import scope
from hajar.journal.models import Journalled


class NationalIdentityQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "guardian__family__province__region"))


class NationalIdentity(Journalled):
    """One row is the national identity number of a guardian, sealed; only where a site is authorised to hold it."""

    guardian = models.OneToOneField(
        Guardian, verbose_name=_("guardian"), on_delete=models.PROTECT, related_name="national_identity"
    )
    sealed = models.TextField(editable=False)  # whoever has the database alone cannot read it
    fingerprint = models.CharField(max_length=64, editable=False, db_index=True)  # with a key: numbers are few
    last_three = models.CharField(_("last three characters"), max_length=3, editable=False)

    objects = NationalIdentityQuerySet.as_manager()

    class Meta:
        verbose_name = _("national identity number")
        verbose_name_plural = _("national identity numbers")

    def __str__(self):
        return self.masked

    @property
    def masked(self) -> str:
        """What may be shown: that there is a number, and its end."""
        return f"•••{self.last_three}"
