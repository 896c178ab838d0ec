import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beneficiaries import diagnoses, importing, judging, working_imports
from beneficiaries.judging import ImportRow, Verdict
from beneficiaries.register_columns import Columns, NotARegister
from hajar.accounts import roles
from hajar.accounts.models import User
from hajar.lib import sheets


class Command(BaseCommand):
    help = "Imports a register (.xlsx or .csv): writes its new rows and siblings, reports what is doubtful or refused."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the workbook or CSV file")
        parser.add_argument("--dry-run", action="store_true", help="judge every row, write nothing")
        parser.add_argument("--report", type=Path, metavar="OUT.json", help="write what became of each row")
        parser.add_argument("--user", metavar="EMAIL", help="who imports; by default an administrator")

    def handle(self, *, file: Path, dry_run: bool, report: Path | None, user: str | None, **options):
        by = self.importer(user)
        with transaction.atomic():
            imported = self.upload(file, by)
            working_imports.work(imported)
            imported.refresh_from_db()
            rows, columns = importing.rows_of(imported), importing.columns_of(imported)
            planned = importing.plan(rows)
            if report:
                lines = [report_line(row, columns) for row in rows]
                report.write_text(json.dumps(lines, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            if dry_run or not planned.children:
                imported.delete()
            else:
                working_imports.work(importing.confirm_import(imported, by=by))
        self.tell(judging.counts_of(rows), planned, dry_run=dry_run)

    def importer(self, email: str | None) -> User:
        """The person in whose name the rows are judged and written."""
        active = User.objects.active()
        if email:
            found = active.filter(email__iexact=email).first()
            if not found:
                raise CommandError(_("There is no active account with the e-mail %(email)s.") % {"email": email})
        else:
            found = active.filter(is_superuser=True).order_by("date_joined", "pk").first()
            found = found or active.with_role(roles.ADMINISTRATOR).order_by("date_joined", "pk").first()
            if not found:
                raise CommandError(_("There is no administrator yet: say with --user who imports."))
        if not found.has_perm("beneficiaries.import_register"):
            raise CommandError(_("%(person)s may not import a register.") % {"person": found.email})
        return found

    def upload(self, file: Path, by: User):
        try:
            with file.open("rb") as content:
                return importing.upload_register(file=content, filename=file.name, by=by)
        except OSError as error:
            raise CommandError(_("The file %(name)s cannot be read.") % {"name": file}) from error
        except (sheets.SheetError, NotARegister) as error:
            raise CommandError(error.message) from error

    def tell(self, counts: dict[str, int], planned: importing.Plan, *, dry_run: bool) -> None:
        for verdict in Verdict:
            self.stdout.write(f"{counts[verdict]:6} {verdict.value:10} {verdict.label}")
        written = _("%(families)d families, %(guardians)d guardians, %(children)d children") % planned.counts
        if dry_run:
            self.stdout.write(_("Nothing was written. It would be: %(what)s.") % {"what": written})
        else:
            self.stdout.write(self.style.SUCCESS(_("Written: %(what)s.") % {"what": written}))
        left = counts[Verdict.WARNING] + counts[Verdict.ERROR]
        if left:
            words = ngettext(
                "%(count)d row is doubtful or refused and is not written: correct it in the file, or on the page.",
                "%(count)d rows are doubtful or refused and are not written: correct them in the file, or on the page.",
                left,
            )
            self.stdout.write(self.style.WARNING(words % {"count": left}))


def report_line(row: ImportRow, columns: Columns) -> dict:
    """One row as the report tells it; a motor disorder is told apart from an immune one: many have it alone."""
    told = dict(row.child)
    diagnosis = diagnoses.find(told.pop("diagnosis", ""))
    is_motor = diagnosis in diagnoses.MOTOR
    return {
        "row": row.number,
        "verdict": row.verdict,
        "reasons": [
            {
                "column": columns.heading(reason["field"]),
                "field": reason["field"],
                "code": reason["code"],
                "words": judging.words_of(reason),
            }
            for reason in row.reasons
        ],
        "child": {
            "surname": told.get("family_name_latin") or told.get("family_name_arabic", ""),
            "first": told.get("given_name_latin") or told.get("given_name_arabic", ""),
            "birth": told.pop("born_on", None),
            "sex": told.pop("sex", None),
            "province": told.pop("province", None),
            "phone": told.pop("phone", None),
            "diagnosis": diagnosis.key if diagnosis and not is_motor else "",
            "motor_disorder": diagnosis.key if diagnosis and is_motor else "",
            **told,
        },
    }
