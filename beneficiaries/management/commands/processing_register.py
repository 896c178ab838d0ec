from django.core.management.base import BaseCommand, CommandError

from beneficiaries import processing


class Command(BaseCommand):
    help = "Writes docs/registre-traitements.md and docs/aipd.md from the models; --check only says whether they agree."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing, fail where a paper is behind")

    def handle(self, *args, check, **options):
        for path, text in processing.written().items():
            is_same = path.is_file() and path.read_text(encoding="utf-8") == text
            if check and not is_same:
                raise CommandError(f"{path.name} is behind the models: run manage.py processing_register")
            if not is_same:
                path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{path.name}: {'in step' if is_same else 'written'}")
