import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from beneficiaries import importing
from beneficiaries.models import Child
from beneficiaries.models.imports import RegisterImport
from hajar.lib import sheets
from tests.beneficiaries.test_importing import AYA, HEADINGS, LOCKED, OMAR, REDA, many, with_cells

REGISTER = Path(__file__).parent / "data" / "registre.xlsx"
DOUBTFUL = with_cells(AYA, hip=25.4)
REFUSED = with_cells(REDA, place="Xyzville")


def content(*rows):
    return b"".join(sheets.write_csv(HEADINGS, rows))


@pytest.fixture
def preview():
    def preview(by, *rows):
        return importing.upload_register(file=io.BytesIO(content(*rows)), filename="registre.csv", by=by)

    return preview


def address(name, imported, *more):
    return reverse(f"beneficiaries:import_{name}", args=[imported.pk, *more])


def page(client, imported, **query):
    return client.get(address("detail", imported), query).content.decode()


def test_a_register_is_uploaded_looked_at_and_confirmed(client, samira):
    client.force_login(samira)
    assert "import" in client.get(reverse("beneficiaries:import_list")).content.decode().lower()
    file = SimpleUploadedFile("registre.csv", content(AYA, OMAR, REFUSED))
    answer = client.post(reverse("beneficiaries:import_create"), {"file": file}, follow=True)
    imported = RegisterImport.objects.get()
    assert answer.redirect_chain[-1][0] == address("detail", imported)
    assert not Child.objects.exists()
    seen = answer.context["plan"].token
    answer = client.post(address("confirm", imported), {"seen": seen}, follow=True)
    assert Child.objects.count() == 2
    assert "HJ-00001" in answer.content.decode()
    assert "Xyzville" in page(client, imported, verdict="left") or "Tahiri" in page(client, imported, verdict="left")


def test_what_was_not_seen_is_not_written(client, samira, preview):
    client.force_login(samira)
    imported = preview(samira, AYA)
    client.post(address("confirm", imported), {"seen": "something else"})
    assert not Child.objects.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [("registre.xlsx", LOCKED), ("registre.pdf", b"%PDF"), ("registre.csv", b"a;b;c\n1;2;3"), ("registre.csv", b"")],
)
def test_a_file_that_is_no_register_is_refused_beside_the_field(client, samira, name, said):
    client.force_login(samira)
    answer = client.post(reverse("beneficiaries:import_create"), {"file": SimpleUploadedFile(name, said)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not RegisterImport.objects.exists()


def test_without_a_file_the_form_says_so(client, samira):
    client.force_login(samira)
    assert client.post(reverse("beneficiaries:import_create")).context["form"].errors["file"]


def test_a_row_is_mended_in_place(client, samira, preview):
    client.force_login(samira)
    imported = preview(samira, DOUBTFUL, REFUSED)
    assert 'value="254"' in page(client, imported, verdict="warning")
    answer = client.post(address("row", imported, 2), {"hip_width_mm": ["25.4", "254"], "verdict": "warning"})
    assert answer.url == f"{address('detail', imported)}?verdict=warning#row-2"
    client.post(address("row", imported, 3), {"province": "Settat"})
    imported.refresh_from_db()
    assert [row.verdict for row in importing.rows_of(imported)] == ["new", "new"]


def test_htmx_gets_the_row_the_rows_it_touched_and_the_standing(client, samira, preview):
    client.force_login(samira)
    imported = preview(samira, AYA, OMAR)
    answer = client.post(
        address("row", imported, 2), {"aside": "yes", "shown": "2 3"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert answer.index('id="row-2"') < answer.index('id="row-3"') < answer.index('id="import-standing"')
    assert answer.count("hx-swap-oob") == 2
    elsewhere = client.post(address("row", imported, 2), {"aside": "no", "shown": "2"}, headers={"HX-Request": "true"})
    assert 'id="row-3"' not in elsewhere.content.decode(), "a row that is on another page has no place here"


def test_htmx_draws_a_row_as_the_page_does(client, samira, preview):
    client.force_login(samira)
    imported = preview(samira, DOUBTFUL)
    part = client.post(
        address("row", imported, 2),
        {"hip_width_mm": "26", "verdict": "warning", "page": "1"},
        headers={"HX-Request": "true"},
    ).content.decode()

    def article(html):
        html = html[html.index("<article") : html.index("</article>")]
        return [line for line in html.splitlines() if "csrfmiddlewaretoken" not in line]

    assert article(part) == article(page(client, imported, verdict="warning"))


def test_a_twin_is_laid_beside_the_row(client, samira, preview):
    importing.confirm_import(preview(samira, AYA), by=samira)
    child = Child.objects.get()
    client.force_login(samira)
    shown = page(client, preview(samira, AYA))
    assert child.get_absolute_url() in shown
    assert child.reference in shown


def test_a_name_with_markup_is_shown_literally(client, samira, preview):
    client.force_login(samira)
    shown = page(client, preview(samira, with_cells(AYA, given="<script>alert(1)</script>")))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize("name", ["list", "create"])
def test_who_may_not_import_is_refused(client, salwa, name):
    client.force_login(salwa)
    assert client.get(reverse(f"beneficiaries:import_{name}")).status_code == 403


@pytest.mark.parametrize("name", ["detail", "row", "confirm", "undo", "discard"])
def test_the_import_of_somebody_else_is_not_there(client, samira, youssef, preview, name):
    imported = preview(samira, AYA)
    client.force_login(youssef)
    place = address(name, imported, *([2] if name == "row" else []))
    assert (client.get(place) if name == "detail" else client.post(place)).status_code == 404
    assert RegisterImport.objects.filter(pk=imported.pk, state="preview").exists()


def test_a_row_that_does_not_exist_is_not_there(client, samira, preview):
    client.force_login(samira)
    assert client.post(address("row", preview(samira, AYA), 99)).status_code == 404


def test_a_register_of_unknown_columns_shows_its_cells_and_can_be_thrown_away(client, samira):
    client.force_login(samira)
    long = "Marche difficilement, famille éloignée de tout transport"
    file = io.BytesIO(
        f"Nm;Prnm;S;Né(e) le;Localité;Numéro;Remarque\nNaciri;Aya;F;26/07/2015;Casablanca;0612345678;{long}\n".encode()
    )
    imported = importing.upload_register(file=file, filename="registre.csv", by=samira, asks=True)
    shown = client.get(address("columns", imported)).content.decode()
    assert "<bdi>Marche difficilement, famille éloignée …</bdi>" in shown  # not as if the cell ended there
    assert address("discard", imported) in shown


def test_an_import_at_work_promises_no_rows_yet(client, samira):
    client.force_login(samira)
    imported = importing.upload_register(
        file=io.BytesIO(content(*many(importing.AT_ONCE + 1))), filename="grand.csv", by=samira, asks=True
    )
    assert imported.is_at_work
    listed = client.get(reverse("beneficiaries:import_list")).context["imports"]
    assert [each["words"] for each in listed] == ["–"]


def test_a_preview_can_be_thrown_away(client, samira, preview):
    client.force_login(samira)
    client.post(address("discard", preview(samira, AYA)))
    assert not RegisterImport.objects.exists()


def test_an_import_can_be_taken_back_on_its_page(client, samira, preview):
    client.force_login(samira)
    imported = importing.confirm_import(preview(samira, AYA), by=samira)
    client.post(address("undo", imported))
    assert not Child.objects.exists()
    page = client.get(address("detail", imported))
    assert [tab["count"] for tab in page.context["tabs"]] == [0], "only what was not written is listed"


def test_files_that_were_worked_on_are_named(client, samira, preview):
    from beneficiaries import registration

    client.force_login(samira)
    imported = importing.confirm_import(preview(samira, AYA), by=samira)
    child = Child.objects.get()
    registration.correct_child(child, by=samira, notes="Rappeler")
    answer = client.post(address("undo", imported), follow=True)
    assert child.reference in " ".join(str(message) for message in answer.context["messages"])


def test_acts_out_of_season_are_answered_not_raised(client, samira, preview):
    client.force_login(samira)
    imported = preview(samira, AYA)
    assert client.post(address("undo", imported)).status_code == 302
    importing.confirm_import(imported, by=samira)
    for name in ("confirm", "discard"):
        assert client.post(address(name, imported)).status_code == 302
    assert client.post(address("row", imported, 2), {"aside": "yes"}).status_code == 302


@pytest.mark.parametrize("asked", ["0", "-1", "x", "99999999", "²"])
def test_a_page_that_is_no_page_is_the_first_or_the_last(client, samira, preview, asked):
    client.force_login(samira)
    assert client.get(address("detail", preview(samira, AYA)), {"page": asked, "verdict": "zz"}).status_code == 200


def test_a_long_preview_is_cut_into_pages(client, karim, preview):
    client.force_login(karim)
    imported = preview(karim, *many(120))
    shown = page(client, imported, verdict="all")
    assert shown.count("<article") == 50
    assert "page=2" in shown
    assert page(client, imported, verdict="all", page=3).count("<article") == 20


@pytest.mark.parametrize("rows", [1, 15, 200])
def test_the_preview_costs_the_same_queries_for_any_number_of_rows(
    client, karim, preview, rows, django_assert_max_num_queries
):
    importing.confirm_import(preview(karim, *many(rows)), by=karim)
    imported = preview(karim, *many(rows))
    client.force_login(karim)
    page(client, imported)
    with django_assert_max_num_queries(16):
        page(client, imported, verdict="duplicate")


@pytest.mark.parametrize("rows", [1, 15])
def test_the_list_costs_the_same_queries_for_any_number_of_imports(
    client, karim, preview, rows, django_assert_max_num_queries
):
    for _number in range(rows):
        preview(karim, AYA)
    client.force_login(karim)
    client.get(reverse("beneficiaries:import_list"))
    with django_assert_max_num_queries(12):
        client.get(reverse("beneficiaries:import_list"))


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_page_speaks_every_language(client, karim, preview, language, settings):
    client.force_login(karim)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with REGISTER.open("rb") as file:
        imported = importing.upload_register(file=file, filename="registre.xlsx", by=karim)
    for verdict in ("warning", "error", "duplicate", "sibling", "all"):
        assert client.get(address("detail", imported), {"verdict": verdict}).status_code == 200
    importing.confirm_import(imported, by=karim)
    for verdict in ("written", "left"):
        assert client.get(address("detail", imported), {"verdict": verdict}).status_code == 200
    assert client.get(reverse("beneficiaries:import_list")).status_code == 200
