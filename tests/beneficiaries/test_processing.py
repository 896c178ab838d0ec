"""The papers for the CNDP say what the models hold: whoever adds a field writes them again."""

import pytest
from django.core.management import CommandError, call_command

from beneficiaries import holdings, processing


def test_the_papers_in_docs_are_in_step(capsys):
    call_command("processing_register", "--check")


def test_a_paper_that_is_behind_is_noticed(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError):
        call_command("processing_register", "--check")
    call_command("processing_register", verbosity=0)
    call_command("processing_register", "--check")


def test_every_field_stands_in_the_register():
    register = next(text for path, text in processing.written().items() if path.name == "registre-traitements.md")
    for holding in [*holdings.every(), *holdings.LOOSE]:
        assert f"(`{holding.label}`)" in register
        assert all(f"| `{name}` |" in register for group in holding.fields for name in group.names)


def test_no_cell_breaks_its_table():
    for text in processing.written().values():
        widths = [line.count("|") for line in text.splitlines() if line.startswith("|")]
        assert set(widths) <= {3, 4, 5, 6, 8}
