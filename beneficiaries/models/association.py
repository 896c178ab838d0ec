from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        verbose_name = _("association profile")
        verbose_name_plural = _("association profile")
        constraints = [models.CheckConstraint(name="there_is_one_association", condition=models.Q(id=1))]

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
