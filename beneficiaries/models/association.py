from decimal import Decimal

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

FACTORS = ("growth_ataxia", "growth_underweight", "growth_steroids", "growth_transplant", "growth_late_puberty")


def _factor(label, default: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=3, decimal_places=2, default=Decimal(default))


class Association(models.Model):
    """One single row is the association itself, as its reports and receipts present it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name_latin = models.CharField(_("name in Latin script"), max_length=120, default="Association Hajar")
    name_arabic = models.CharField(_("name in Arabic script"), max_length=120, default="جمعية هاجر")
    founded_year = models.PositiveSmallIntegerField(_("founded in"), default=1997)
    presentation_fr = models.TextField(_("presentation in French"), blank=True)
    presentation_ar = models.TextField(_("presentation in Arabic"), blank=True)
    presentation_en = models.TextField(_("presentation in English"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    map_note = models.CharField(_("note under maps"), max_length=200, blank=True)
    # How GROW-1.0 slows the reference's growth. Guesses without an evidence base, shown as such, to be set by the site.
    growth_ataxia = _factor(_("growth with ataxia-telangiectasia"), "0.80")
    growth_underweight = _factor(_("growth when tube-fed or much under weight"), "0.70")
    growth_steroids = _factor(_("growth under high-dose steroids"), "0.50")
    growth_transplant = _factor(_("growth after a transplant"), "0.70")
    growth_late_puberty = _factor(_("growth when puberty is late"), "0.80")

    class Meta:
        verbose_name = _("association profile")
        verbose_name_plural = _("association profile")
        constraints = [
            models.CheckConstraint(name="there_is_one_association", condition=models.Q(id=1)),
            *[
                models.CheckConstraint(
                    name=f"association_{name}_is_a_factor",
                    condition=models.Q(**{f"{name}__range": (Decimal("0.1"), Decimal("1.5"))}),
                    violation_error_message=_("A factor lies between 0.1 and 1.5."),
                )
                for name in FACTORS
            ],
        ]

    def __str__(self):
        return self.name

    @classmethod
    def get(cls) -> "Association":
        """The profile; an unsaved one with the defaults where none was saved yet."""
        return cls.objects.filter(pk=1).first() or cls()

    @property
    def name(self) -> str:
        return self.name_arabic if get_language() == "ar" else self.name_latin

    @property
    def presentation(self) -> str:
        return getattr(self, f"presentation_{(get_language() or 'fr')[:2]}", "") or self.presentation_fr
