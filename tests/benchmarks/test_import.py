"""An import of a register, beside django-import-export's own path on the same file: measured, printed, never asserted.

    HAJAR_BENCH_ROWS=10000 pytest tests/benchmarks/test_import.py -s

By itself it only proves that measuring works and that both paths write the same children.
"""

import io
import os
import time
from random import Random

import pytest
import tablib
from import_export import fields, resources
from import_export.instance_loaders import CachedInstanceLoader
from import_export.widgets import DateWidget, ForeignKeyWidget
from openpyxl import Workbook

from beneficiaries import exporting, importing, undoing_imports, working_imports
from beneficiaries.models import Assessment, Child, Family, Guardian, Province
from beneficiaries.models.names import NameKey
from beneficiaries.models.references import next_numbers
from hajar.accounts.models import User
from hajar.demo import people

pytestmark = pytest.mark.django_db(transaction=True)  # what a database checks when it commits is part of the work
ROWS = int(os.environ.get("HAJAR_BENCH_ROWS", "60"))
HEADINGS = [
    "N° dossier", "Nom", "Prénom", "Nom arabe", "Prénom arabe", "Date de naissance", "Sexe", "Province", "Téléphone",
    "Tuteur", "Lien", "Adresse", "Poids (kg)", "Taille (cm)", "Largeur hanches (mm)",
]  # fmt: skip


def register(number):
    """A register of new children, each in a family of her own."""
    draw, rows = Random(7), []
    places = ["Casablanca", "Taroudannt", "Fès", "Settat", "Agadir", "Oujda", "Tanger", "Meknès", "Safi", "Nador"]
    for place in range(number):
        is_girl = draw.random() < 0.5
        given, family = draw.choice(people.GIRLS if is_girl else people.BOYS), draw.choice(people.FAMILIES)
        born = f"{draw.randint(1, 28):02d}/{draw.randint(1, 12):02d}/{draw.randint(2009, 2023)}"
        rows.append(
            [
                f"A{place}", family.latin, given.latin, family.arabic, given.arabic, born, "F" if is_girl else "M",
                draw.choice(places), f"06{10_000_000 + place * 7:08d}",
                f"{draw.choice(people.GIRLS).latin} {family.latin}", "mère",
                f"Rue {draw.randint(1, 400)}, hay {draw.randint(1, 60)}",
                draw.randint(10, 50), draw.randint(70, 150), draw.randint(180, 380),
            ]
        )  # fmt: skip
    return rows


class ChildResource(resources.ModelResource):
    """As its manual advises: no diffs, no reports of what was skipped; what hangs on a child is written in hooks."""

    given_name_latin = fields.Field("given_name_latin", "Prénom")
    family_name_latin = fields.Field("family_name_latin", "Nom")
    given_name_arabic = fields.Field("given_name_arabic", "Prénom arabe")
    family_name_arabic = fields.Field("family_name_arabic", "Nom arabe")
    born_on = fields.Field("born_on", "Date de naissance", DateWidget("%d/%m/%Y"))
    sex = fields.Field("sex", "Sexe")
    previous_reference = fields.Field("previous_reference", "N° dossier")
    family = fields.Field("family", "family", ForeignKeyWidget(Family, "pk"))
    number = fields.Field("number", "number")

    class Meta:
        model = Child
        import_id_fields = ("previous_reference",)
        fields = (
            "given_name_latin", "family_name_latin", "given_name_arabic", "family_name_arabic", "born_on", "sex",
            "previous_reference", "family", "number",
        )  # fmt: skip
        skip_diff = True
        report_skipped = False
        use_transactions = True

    def before_import(self, dataset, **kwargs):
        self.provinces = {province.name_fr: province for province in Province.objects.all()}
        self.provinces |= {province.seat_fr: province for province in Province.objects.all()}
        self.by = User.objects.first()

    def before_import_row(self, row, **kwargs):
        """A family and its guardian, as the same file asks for them."""
        guardian = Guardian.objects.filter(phone=f"+212{row['Téléphone'][1:]}").select_related("family").first()
        if guardian:
            row["family"] = guardian.family.pk
        else:
            family = Family.objects.create(
                number=next_numbers("families")[0], province=self.provinces[row["Province"]], address=row["Adresse"]
            )
            given, _space, name = row["Tuteur"].partition(" ")
            Guardian.objects.create(
                family=family,
                given_name_latin=given,
                family_name_latin=name,
                relation="mother",
                phone=f"+212{row['Téléphone'][1:]}",
                is_first_contact=True,
            )
            row["family"] = family.pk
        row["number"] = next_numbers("children")[0]

    def after_save_instance(self, instance, row, **kwargs):
        Assessment.objects.create(
            child=instance,
            assessor=self.by,
            mass_kg=row["Poids (kg)"],
            height_cm=row["Taille (cm)"],
            hip_width_mm=row["Largeur hanches (mm)"],
        )


class BulkChildResource(ChildResource):
    """The same by its bulk path, at its fastest: known files are looked for once, and what hangs on a child is written
    in bulk as well, a batch at a time.

    Our own managers make the search keys of names and phones here, too. What neither path does: compare each child with
    the register and the file by name and birth, read dates, places and phones as people write them, put brothers and
    sisters together, keep a preview to be corrected row by row, learn spellings, remember what it wrote so that it can
    be taken back, and tell the journal.
    """

    class Meta(ChildResource.Meta):
        use_bulk = True
        batch_size = 1_000
        skip_unchanged = False
        instance_loader_class = CachedInstanceLoader

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self.numbers = {series: iter(next_numbers(series, len(dataset))) for series in ("families", "children")}
        self.family_of = dict(Guardian.objects.exclude(phone="").values_list("phone", "family"))
        self.families, self.guardians, self.assessments = [], [], []

    def before_import_row(self, row, **kwargs):
        phone = f"+212{row['Téléphone'][1:]}"
        if phone not in self.family_of:
            family = Family(
                number=next(self.numbers["families"]), province=self.provinces[row["Province"]], address=row["Adresse"]
            )
            given, _space, name = row["Tuteur"].partition(" ")
            self.families.append(family)
            self.guardians.append(
                Guardian(
                    family=family,
                    given_name_latin=given,
                    family_name_latin=name,
                    relation="mother",
                    phone=phone,
                    is_first_contact=True,
                )
            )
            self.family_of[phone] = family.pk
        row["number"] = next(self.numbers["children"])

    def after_init_instance(self, instance, new, row, **kwargs):
        instance.family_id = self.family_of[f"+212{row['Téléphone'][1:]}"]  # the widget would ask for each family

    def after_save_instance(self, instance, row, **kwargs):
        self.assessments.append(
            Assessment(
                child=instance,
                assessor=self.by,
                mass_kg=row["Poids (kg)"],
                height_cm=row["Taille (cm)"],
                hip_width_mm=row["Largeur hanches (mm)"],
            )
        )

    def bulk_create(self, *args, **kwargs):
        """A batch of families and guardians before their children, and the drafts after them."""
        Family.objects.bulk_create(self.families)
        Guardian.objects.bulk_create(self.guardians)
        super().bulk_create(*args, **kwargs)
        Assessment.objects.bulk_create(self.assessments)
        for written in (self.families, self.guardians, self.assessments):
            written.clear()


def timed(act):
    begun, worked = time.perf_counter(), time.process_time()
    result = act()
    return result, time.perf_counter() - begun, time.process_time() - worked


def told(words, rows, seconds, cpu):
    """`cpu` is what this process worked: on a machine that others use it says more than the clock."""
    print(
        f"\n{words:<52} {rows:>7,} rows {seconds:8.1f} s {rows / seconds:9,.0f} rows/s"
        f" {cpu:8.1f} s of CPU {rows / cpu:9,.0f} rows/s"
    )


@pytest.fixture(scope="module")
def workbook():
    """The register as openpyxl and pandas write it."""
    book, file = Workbook(), io.BytesIO()
    for row in [HEADINGS, *register(ROWS)]:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_an_import_from_the_file_to_the_register(workbook, karim):
    def whole():
        imported = importing.upload_register(file=io.BytesIO(workbook), filename="registre.xlsx", by=karim)
        working_imports.work(imported)
        working_imports.work(importing.confirm_import(imported, by=karim))
        imported.refresh_from_db(fields=["written"])
        return imported

    imported, seconds, cpu = timed(whole)
    told("import: read, match, write", ROWS, seconds, cpu)
    counts = imported.written["counts"]
    assert counts["children"] == Child.objects.count() >= ROWS * 0.9
    assert counts["assessments"] == Assessment.objects.count()
    for file_format in ("csv", "xlsx"):
        rows = Child.objects.order_by("sort_key", "pk")

        def taken_out(rows=rows, file_format=file_format):
            made = exporting.take_out(
                exporting.CHILDREN, rows, by=karim, reason="bench", file_format=file_format, filters={}
            )
            assert sum(map(len, made.content)) > made.count
            return made

        made, seconds, cpu = timed(taken_out)
        told(f"export: {file_format}", made.count, seconds, cpu)
    _undone, seconds, cpu = timed(lambda: undoing_imports.undo_import(imported, by=karim))
    told("undo", ROWS, seconds, cpu)
    assert not Child.objects.exists()


@pytest.mark.parametrize(
    ("resource", "path"), [(ChildResource, "row by row"), (BulkChildResource, "in bulk")], ids=["row_by_row", "in_bulk"]
)
def test_the_same_file_through_django_import_export(workbook, karim, resource, path):
    def whole():
        dataset = tablib.Dataset().load(workbook, format="xlsx")
        preview = resource().import_data(dataset, dry_run=True, raise_errors=True)
        assert not preview.has_errors()
        assert not Child.objects.exists()
        return resource().import_data(dataset, dry_run=False, raise_errors=True)

    _result, seconds, cpu = timed(whole)
    told(f"django-import-export: preview and import, {path}", ROWS, seconds, cpu)
    assert Family.objects.count() == Guardian.objects.count() == ROWS
    assert NameKey.objects.filter(child__isnull=False).values("child").distinct().count() == ROWS
    assert Child.objects.count() == Assessment.objects.count() == ROWS
