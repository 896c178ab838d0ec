"""People's names in both scripts, and the keys by which either script finds them."""

from typing import Any

from django.db import models, router, transaction
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hajar.lib import names
from hajar.lib.inserting import as_held, insert_many, insert_values


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
        NameKey.insert_of(objs)
        return created

    def insert(self, people: list) -> list:
        """Write very many new people, with their keys, as fast as the database takes them."""
        for person in people:
            person.tidy_names()
        insert_many(people)
        NameKey.insert_of(people)
        return people

    def rebuild_keys(self, batch_size: int = 500) -> int:
        """Bring stored keys and sort keys in step with the rules of names as they are now; returns how many changed.

        The names stay as they are written. Each batch is a transaction of its own.
        """
        pks = list(self.order_by("pk").values_list("pk", flat=True))
        changed = 0
        for start in range(0, len(pks), batch_size):
            with transaction.atomic():
                batch = self.filter(pk__in=pks[start : start + batch_size]).select_for_update(no_key=True)
                changed += NameKey.rewrite_many(list(batch.order_by("pk")))
        return changed

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
        self.sort_key = self.computed_sort_key()

    def computed_sort_key(self) -> str:
        latin = f"{self.family_name_latin} {self.given_name_latin}".strip()
        arabic = f"{self.family_name_arabic} {self.given_name_arabic}".strip()
        return names.sort_key(latin, arabic)[:170]

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
    def insert_of(people: list) -> None:
        """Write the rows of people who have none yet."""
        if not people:
            return
        owner: Any = NameKey._meta.get_field(NameKey.owner_field(people[0]))
        using = router.db_for_write(NameKey)
        insert_values(
            NameKey,
            ["key", owner.column],
            (
                (key[:40], held)
                for person in people
                for held in [as_held(owner, person.pk, using)]
                for key in sorted(person.computed_keys())
            ),
        )

    @staticmethod
    def rewrite(person) -> None:
        """Make the stored keys of one person equal to the computed ones; writes only what differs."""
        NameKey._write({person: dict(person.name_keys.values_list("key", "pk"))})

    @staticmethod
    def rewrite_many(people: list) -> int:
        """The same for many people of one model, and for their sort keys; returns how many of them changed."""
        if not people:
            return 0
        owner = NameKey.owner_field(people[0])
        stored: dict = {person.pk: {} for person in people}
        for owner_pk, key, pk in NameKey.objects.filter(**{f"{owner}__in": people}).values_list(owner, "key", "pk"):
            stored[owner_pk][key] = pk
        changed = NameKey._write({person: stored[person.pk] for person in people})
        misplaced = [person for person in people if person.sort_key != person.computed_sort_key()]
        for person in misplaced:
            person.sort_key = person.computed_sort_key()
        type(people[0])._base_manager.bulk_update(misplaced, ["sort_key"])
        return len(changed | {person.pk for person in misplaced})

    @staticmethod
    def _write(stored: dict) -> set:
        """Mend what differs, given each person's stored keys and their rows; returns whose keys differed."""
        missing, gone, changed = [], [], set()
        for person, rows in stored.items():
            wanted = {row.key: row for row in NameKey.of(person)}
            if rows.keys() != wanted.keys():
                changed.add(person.pk)
                missing += [row for key, row in wanted.items() if key not in rows]
                gone += [pk for key, pk in rows.items() if key not in wanted]
        NameKey.objects.filter(pk__in=gone).delete()
        NameKey.objects.bulk_create(missing, batch_size=2000)
        return changed
