"""People's names in both scripts, and the keys by which either script finds them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hajar.lib import names


def check_name(value: str) -> None:
    """Refuse what no name contains (NUL, direction marks, emoji, digits, angle brackets)."""
    from django.core.exceptions import ValidationError

    if names.problem(value):
        raise ValidationError(_("A name is made of letters, spaces, hyphens and apostrophes."), code="name")


def _name_field(label) -> models.CharField:
    return models.CharField(label, max_length=80, blank=True, validators=[check_name])


class NamedQuerySet(models.QuerySet):
    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for person in objs:
            person.tidy_names()
        created = super().bulk_create(objs, *args, **kwargs)
        NameKey.objects.bulk_create([key for person in objs for key in NameKey.of(person)], batch_size=2000)
        return created

    def matching(self, text: str):
        """People one of whose words sounds like a word of `text`, in either script; ranks nothing."""
        keys = names.keys(text)
        field = NameKey.owner_field(self.model)
        return self.filter(pk__in=NameKey.objects.filter(key__in=keys).exclude(**{field: None}).values(field))


class Named(models.Model):
    """A person with a name in Latin script, in Arabic script, or in both."""

    given_name_latin = _name_field(_("given name in Latin script"))
    family_name_latin = _name_field(_("family name in Latin script"))
    given_name_arabic = _name_field(_("given name in Arabic script"))
    family_name_arabic = _name_field(_("family name in Arabic script"))
    sort_key = models.CharField(max_length=170, editable=False, default="")

    NAME_FIELDS = ("given_name_latin", "family_name_latin", "given_name_arabic", "family_name_arabic")

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.tidy_names()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "sort_key"}
        super().save(*args, **kwargs)
        NameKey.rewrite(self)

    @property
    def full_name_latin(self) -> str:
        return f"{self.given_name_latin} {self.family_name_latin}".strip()

    @property
    def full_name_arabic(self) -> str:
        return f"{self.given_name_arabic} {self.family_name_arabic}".strip()

    @property
    def name(self) -> str:
        """The full name in the reader's script where there is one, else in the other."""
        return self._prefer(self.full_name_latin, self.full_name_arabic)

    @property
    def other_name(self) -> str:
        """The full name in the script that `name` does not use; "" where there is none."""
        latin, arabic = self.full_name_latin, self.full_name_arabic
        return arabic if self.name == latin else latin

    @property
    def given_name(self) -> str:
        return self._prefer(self.given_name_latin, self.given_name_arabic) or self.name

    @staticmethod
    def _prefer(latin: str, arabic: str) -> str:
        return (arabic or latin) if get_language() == "ar" else (latin or arabic)

    def tidy_names(self) -> None:
        for field in self.NAME_FIELDS:
            setattr(self, field, names.clean(getattr(self, field)))
        latin = f"{self.family_name_latin} {self.given_name_latin}".strip()
        arabic = f"{self.family_name_arabic} {self.given_name_arabic}".strip()
        self.sort_key = names.sort_key(latin, arabic)[:170]

    def computed_keys(self) -> set[str]:
        return names.keys(self.full_name_latin) | names.keys(self.full_name_arabic)


def has_a_name(condition_name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=condition_name,
        condition=~Q(given_name_latin="", family_name_latin="", given_name_arabic="", family_name_arabic=""),
        violation_error_message=_("Give the name in at least one script."),
    )


class NameKey(models.Model):
    """One row is one sound of a person's name, the same in both scripts; a plain index finds it on any database."""

    key = models.CharField(max_length=40)
    child = models.ForeignKey("beneficiaries.Child", null=True, on_delete=models.CASCADE, related_name="name_keys")
    guardian = models.ForeignKey(
        "beneficiaries.Guardian", null=True, on_delete=models.CASCADE, related_name="name_keys"
    )

    class Meta:
        indexes = [
            models.Index(name="namekey_child", fields=["key", "child"]),
            models.Index(name="namekey_guardian", fields=["key", "guardian"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="namekey_has_one_owner",
                condition=Q(child=None, guardian__isnull=False) | Q(child__isnull=False, guardian=None),
            )
        ]

    def __str__(self):
        return self.key

    @staticmethod
    def owner_field(model) -> str:
        return model._meta.model_name

    @staticmethod
    def of(person) -> list["NameKey"]:
        """The rows that `person` should have, unsaved."""
        owner = {NameKey.owner_field(person): person}
        return [NameKey(key=key[:40], **owner) for key in sorted(person.computed_keys())]

    @staticmethod
    def rewrite(person) -> None:
        """Make the stored keys of one person equal to the computed ones; writes only what differs."""
        owner = {NameKey.owner_field(person): person}
        stored = set(NameKey.objects.filter(**owner).values_list("key", flat=True))
        wanted = {row.key: row for row in NameKey.of(person)}
        if gone := stored - wanted.keys():
            NameKey.objects.filter(key__in=gone, **owner).delete()
        NameKey.objects.bulk_create([row for key, row in wanted.items() if key not in stored])
