"""People's names in both scripts, the keys by which either script finds them, and names that no rule brings together.

Keys follow every way of writing a name: save(), bulk_create(), bulk_update(), update(), and `rebuild_name_keys` when
the rules change. What writes rows past these (raw SQL) calls `rebuild_keys()` on them afterwards.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models, router, transaction
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hajar.journal.models import Journalled
from hajar.lib import names
from hajar.lib.inserting import as_held, insert_many, insert_values
from hajar.lib.mending import mend_keys
from hajar.lib.portions import portions


def check_name(value: str) -> None:
    """Refuse what no name contains (NUL, direction marks, emoji, digits, angle brackets)."""
    if names.problem(value):
        raise ValidationError(_("A name is made of letters, spaces, hyphens and apostrophes."), code="name")


def _name_field(label) -> models.CharField:
    return models.CharField(label, max_length=80, blank=True, validators=[check_name])


class NamedQuerySet(models.QuerySet):
    model: Any  # a Named

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for person in objs:
            person.tidy_names()
        created = super().bulk_create(objs, *args, **kwargs)
        self.model.write_keys(objs)
        return created

    def insert(self, people: list) -> list:
        """Write very many new people, with their keys, as fast as the database takes them."""
        for person in people:
            person.tidy_names()
        insert_many(people)
        self.model.write_keys(people)
        return people

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs, fields = list(objs), set(fields)
        if not fields & set(self.model.KEYED_FIELDS):
            return super().bulk_update(objs, sorted(fields), *args, **kwargs)
        for person in objs:
            person.tidy_names()
        with transaction.atomic():
            plain: models.QuerySet = models.QuerySet(
                self.model, using=self.db
            )  # past our own update(), which would do the keys again
            changed = plain.bulk_update(objs, sorted(fields | {"sort_key"}), *args, **kwargs)
            self._written_anew([person.pk for person in objs])
        return changed

    def update(self, **changes):
        if not changes.keys() & set(self.model.KEYED_FIELDS):
            return super().update(**changes)
        with transaction.atomic():
            pks = list(self.order_by("pk").values_list("pk", flat=True))
            changed = super().update(**changes)
            self._written_anew(pks)
        return changed

    update.alters_data = True  # type: ignore[attr-defined]

    def _written_anew(self, pks: list) -> None:
        type(self)(self.model, using=self.db).filter(pk__in=pks).rebuild_keys()

    def rebuild_keys(self, batch_size: int = 500) -> int:
        """Bring stored keys and sort keys in step with the rules as they are now; returns of how many people.

        The names stay as they are written. Each batch is a transaction of its own.
        """
        pks = list(self.order_by("pk").values_list("pk", flat=True))
        changed = 0
        for some in portions(pks, batch_size):
            with transaction.atomic():
                batch = self.filter(pk__in=some).select_for_update(no_key=True)
                changed += self.model.rewrite_keys(list(batch.order_by("pk")))
        return changed


class Named(models.Model):
    """A person with a name in Latin script, in Arabic script, or in both."""

    given_name_latin = _name_field(_("given name in Latin script"))
    family_name_latin = _name_field(_("family name in Latin script"))
    given_name_arabic = _name_field(_("given name in Arabic script"))
    family_name_arabic = _name_field(_("family name in Arabic script"))
    sort_key = models.CharField(max_length=170, editable=False, default="")

    NAME_FIELDS = ("given_name_latin", "family_name_latin", "given_name_arabic", "family_name_arabic")
    KEYED_FIELDS: Sequence[str] = NAME_FIELDS  # what stored keys are made of

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.tidy_names()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "sort_key"}
        super().save(*args, **kwargs)
        self.rewrite_keys([self])

    @classmethod
    def write_keys(cls, people: Sequence["Named"]) -> None:
        """Store the keys of people who have none yet."""
        NameKey.write_many(people)

    @classmethod
    def rewrite_keys(cls, people: Sequence["Named"]) -> int:
        """Make what is stored beside these names equal to what is computed; returns of how many it differed."""
        return len(NameKey.rewrite_many(people))

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
    def known_names(self) -> list[str]:
        """Every full name by which the person is found, in either script."""
        return [name for name in (self.full_name_latin, self.full_name_arabic) if name]

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

    def computed_keys(self, bridges: Iterable["NameAlias"] | None = None) -> set[str]:
        """The sounds of each known name and its written words; `bridges` spares a query for each."""
        bridges = list(NameAlias.objects.bridges() if bridges is None else bridges)
        found: set[str] = set()
        for name in self.known_names:
            folded = names.fold(name)
            found |= names.keys(name) | names.written_words(name)
            found = found.union(*(alias.keys_for(folded, folded) for alias in bridges))
        return {key[: names.KEY_LENGTH] for key in found}


def has_a_name(condition_name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=condition_name,
        condition=~Q(given_name_latin="", family_name_latin="", given_name_arabic="", family_name_arabic=""),
        violation_error_message=_("Give the name in at least one script."),
    )


class NameAliasQuerySet(models.QuerySet):
    def visible_to(self, user):
        """How a name is spelled belongs to no region."""
        return self

    def bridges(self):
        """Those that find people whom the rules of letters do not: Simo for محمد."""
        return self.filter(is_bridge=True).order_by("pk")

    def by_use(self):
        return self.order_by("-times", "latin", "arabic", "pk")


class NameAlias(Journalled):
    """One row is one name as it is written in both scripts, learned from what people accept and correct."""

    class Source(models.TextChoices):
        COMMON = "common", _("common name")
        TYPED = "typed", _("written so in files")
        ADMINISTRATOR = "administrator", _("entered by an administrator")

    latin = models.CharField(_("in Latin script"), max_length=80, validators=[check_name])
    arabic = models.CharField(_("in Arabic script"), max_length=80, validators=[check_name])
    times = models.PositiveIntegerField(
        _("times"), default=0, help_text=_("In how many files people wrote it so. The most usual is suggested first.")
    )
    source = models.CharField(_("source"), max_length=13, choices=Source.choices, default=Source.ADMINISTRATOR)
    is_active = models.BooleanField(
        _("put to use"),
        default=True,
        help_text=_("It is suggested, and finds people. Two forms that sound unlike wait here for your yes."),
    )
    latin_folded = models.CharField(max_length=80, editable=False)
    arabic_folded = models.CharField(max_length=80, editable=False)
    is_bridge = models.BooleanField(editable=False, default=False)

    objects = NameAliasQuerySet.as_manager()

    class Meta:
        verbose_name = _("name in both scripts")
        verbose_name_plural = _("names in both scripts")
        indexes = [
            models.Index(name="namealias_by_latin", fields=["latin_folded", "-times"]),
            models.Index(name="namealias_by_arabic", fields=["arabic_folded", "-times"]),
            models.Index(name="namealias_bridges", fields=["is_bridge"], condition=Q(is_bridge=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="namealias_is_kept_once",
                fields=["latin_folded", "arabic_folded"],
                violation_error_message=_("This name is already here."),
            )
        ]

    def __str__(self):
        return f"{self.latin} · {self.arabic}"

    def save(self, *args, **kwargs):
        self.tidy()
        super().save(*args, **kwargs)

    def clean(self):
        self.tidy()
        same = NameAlias.objects.filter(latin_folded=self.latin_folded, arabic_folded=self.arabic_folded)
        if same.exclude(pk=self.pk).exists():
            raise ValidationError(_("This name is already here."), code="twice")
        if names.is_arabic(self.latin) or not names.is_arabic(self.arabic):
            raise ValidationError(
                _("Write the first form in Latin letters and the second in Arabic ones."), code="script"
            )

    def tidy(self) -> None:
        """What follows from the two forms: how they are looked up, and whether keys alone would bring them together."""
        self.latin, self.arabic = names.clean(self.latin), names.clean(self.arabic)
        self.latin_folded, self.arabic_folded = names.fold(self.latin)[:80], names.fold(self.arabic)[:80]
        self.is_bridge = self.is_active and not names.keys(self.latin) & names.keys(self.arabic)

    def keys_for(self, latin: str, arabic: str) -> set[str]:
        """The sounds that this alias adds to a full name, given folded in each script."""
        found: set[str] = set()
        if _holds(latin, self.latin_folded):
            found |= names.keys(self.arabic)
        if _holds(arabic, self.arabic_folded):
            found |= names.keys(self.latin)
        return found

    def other_forms(self, folded: str) -> Iterator[str]:
        """What a typed name, folded, is when this alias is read for it."""
        for form, other in ((self.latin_folded, self.arabic_folded), (self.arabic_folded, self.latin_folded)):
            if _holds(folded, form):
                yield f" {folded} ".replace(f" {form} ", f" {other} ").strip()


def _holds(text: str, words: str) -> bool:
    return bool(words) and f" {words} " in f" {text} "


class NameKey(models.Model):
    """One row is one sound of a person's name, the same in both scripts, or one of its words as written.

    Sounds are capitals (MRN), words are folded (amrani, العمراني): a plain index finds either on any database.
    """

    key = models.CharField(max_length=40)
    child = models.ForeignKey(
        "beneficiaries.Child", null=True, on_delete=models.CASCADE, related_name="name_keys", db_index=False
    )
    guardian = models.ForeignKey(
        "beneficiaries.Guardian", null=True, on_delete=models.CASCADE, related_name="name_keys", db_index=False
    )

    class Meta:
        # The operator classes let PostgreSQL look for the beginning of a word whatever its collation: see beginning().
        # Each key has one owner and stands in the indexes of that kind alone: whoever asks says that there is one.
        indexes = [
            models.Index(
                name="namekey_of_child",
                fields=["key", "child"],
                opclasses=["varchar_pattern_ops", "uuid_ops"],
                condition=Q(child__isnull=False),
            ),
            models.Index(
                name="namekey_of_guardian",
                fields=["key", "guardian"],
                opclasses=["varchar_pattern_ops", "uuid_ops"],
                condition=Q(guardian__isnull=False),
            ),
            models.Index(name="namekey_by_child", fields=["child", "key"], condition=Q(child__isnull=False)),
            models.Index(name="namekey_by_guardian", fields=["guardian", "key"], condition=Q(guardian__isnull=False)),
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
    def write_many(people: Sequence[Named]) -> None:
        """Store the keys of new people."""
        if not people:
            return
        bridges, using = list(NameAlias.objects.bridges()), router.db_for_write(NameKey)
        owner: Any = NameKey._meta.get_field(NameKey.owner_field(people[0]))
        held = {person.pk: as_held(owner, person.pk, using) for person in people}
        keys = ((key, held[person.pk]) for person in people for key in person.computed_keys(bridges))
        insert_values(NameKey, ["key", owner.column], sorted(keys))  # as its indexes have them: they grow in order

    @staticmethod
    def rewrite_many(people: Sequence[Named]) -> set:
        """Mend stored keys and sort keys of people of one model, writing only what differs; returns whose did."""
        if not people:
            return set()
        bridges = list(NameAlias.objects.bridges())
        wanted = {person.pk: person.computed_keys(bridges) for person in people}
        changed = mend_keys(NameKey, wanted, owner=NameKey.owner_field(people[0]), field="key")
        misplaced = [person for person in people if person.sort_key != person.computed_sort_key()]
        for person in misplaced:
            person.sort_key = person.computed_sort_key()
        plain: models.QuerySet = models.QuerySet(type(people[0]))
        plain.bulk_update(misplaced, ["sort_key"])
        return changed | {person.pk for person in misplaced}


def beginning(field: str, start: str) -> Q:
    """Rows in which an indexed field begins with these characters, found by its index and alike on both databases.

    SQLite compares code points, so that a range says it; PostgreSQL has its pattern operators, whatever the collation.
    """
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": start})
    return Q(**{f"{field}__gte": start, f"{field}__lt": start + "\U0010ffff"})
