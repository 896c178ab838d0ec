"""Import a register: choose the file, look at each row, mend what is doubtful, confirm, take back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries import importing, register_files, undoing_imports, working_imports
from beneficiaries.exporting import CONTENT_TYPES
from beneficiaries.forms.imports import ColumnsForm, RowForm, UploadForm
from beneficiaries.judging import ImportRow
from beneficiaries.models.imports import RegisterImport
from beneficiaries.register_columns import NotARegister
from beneficiaries.register_words import BY_NAME, HEALTH
from beneficiaries.views import previews
from hajar.lib import asking
from hajar.lib.sheets import SheetError

AT_A_TIME = 2.0  # seconds of work for each question of the page that shows the progress
XLSX = CONTENT_TYPES["xlsx"]

may_import = permission_required("beneficiaries.import_register", raise_exception=True)


@require_safe
@may_import
def index(request):
    """One's own imports, the newest first."""
    imports = (
        RegisterImport.objects.visible_to(request.user).select_related("uploaded_by").defer("rows", "columns", "sheet")
    )
    newest = list(imports.order_by("-created_at", "pk")[: previews.SIZE])
    context = {
        "imports": [{"row": row, "dress": previews.state_of(row), "words": previews.state_words(row)} for row in newest]
    }
    return render(request, "beneficiaries/import_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def create(request):
    """Choose a register; it is read and judged, nothing is written."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            imported = importing.upload_register(file=file.file, filename=file.name, by=request.user, asks=True)
            return redirect(previews.address_of(imported))
        except (SheetError, NotARegister) as refusal:
            form.add_error("file", refusal.message)
    context = {
        "form": form,
        "languages": [(code, get_language_info(code)["name_local"]) for code in register_files.LANGUAGES],
        "crumbs": previews.crumbs((_("Choose a file"), "")),
    }
    return asking.answer(request, "beneficiaries/import_create.html", context, form)


@require_safe
@may_import
def detail(request, pk):
    """The preview of an import; once it is confirmed, what became of it."""
    imported = _own(request, pk)
    if imported.state == RegisterImport.State.MAPPING:
        return redirect("beneficiaries:import_columns", imported.pk)
    if imported.is_at_work:
        return render(request, "beneficiaries/import_progress.html", previews.progress(imported))
    if imported.state == RegisterImport.State.PREVIEW:
        return render(request, "beneficiaries/import_detail.html", previews.preview(request, imported))
    return render(request, "beneficiaries/import_result.html", previews.result(request, imported))


@require_POST
@may_import
def work(request, pk):
    """Do some slices of a large import, and say how far it has come; the person may leave and come back."""
    imported = _own(request, pk)
    working_imports.work(imported, seconds=AT_A_TIME)
    imported = _own(request, pk)
    if request.htmx and imported.is_at_work:
        return render(request, "beneficiaries/_import_progress.html", previews.progress(imported))
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": previews.address_of(imported)})
    return redirect(previews.address_of(imported))


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def columns(request, pk):
    """Say which of our fields each column is; it is remembered for the next file with the same headings."""
    imported = get_object_or_404(RegisterImport.objects.visible_to(request.user), pk=pk)
    if imported.state not in (RegisterImport.State.MAPPING, RegisterImport.State.PREVIEW) or not imported.sheet:
        return redirect(previews.address_of(imported))
    form = ColumnsForm(
        asking.sent(request),
        sheet=imported.sheet,
        columns=importing.columns_of(imported),
        withheld=() if importing.may_write_health(request.user) else HEALTH,
    )
    if request.method == "POST" and form.is_valid():
        try:
            importing.name_columns(imported, by=request.user, chosen=form.chosen)
        except importing.ImportRefused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The columns are named. The same headings are known from now on."))
            return redirect(previews.address_of(imported))
    context = {
        "form": form,
        "imported": imported,
        "is_new": imported.state == RegisterImport.State.MAPPING,
        "crumbs": previews.crumbs((imported.filename, previews.address_of(imported)), (_("Columns"), "")),
    }
    return asking.answer(request, "beneficiaries/import_columns.html", context, form)


@require_safe
@may_import
def corrections(request, pk):
    """The rows to mend as a workbook, to be corrected there and uploaded again."""
    imported = _own(request, pk)
    file = register_files.corrections(imported)
    return FileResponse(file, as_attachment=True, filename=f"hajar-{_('corrections')}.xlsx", content_type=XLSX)


@require_safe
@may_import
def template(request, language):
    """An empty register to fill in, in one of the three languages."""
    if language not in register_files.LANGUAGES:
        raise Http404
    file = register_files.template(language, with_health=importing.may_write_health(request.user))
    return FileResponse(file, as_attachment=True, filename=f"hajar-register-{language}.xlsx", content_type=XLSX)


@require_POST
@may_import
def row(request, pk, number):
    """Mend one row of a preview, take it as it is, or set it aside."""
    imported = _own(request, pk)
    rows = {row.number: row for row in importing.rows_of(imported)}
    if number not in rows:
        raise Http404
    try:
        touched = _act(request, imported, rows[number])
    except importing.ImportRefused as refusal:
        messages.error(request, str(refusal.message))
        touched = set()
    if not request.htmx or not touched:
        return _back_to(request, imported, number)
    imported.refresh_from_db()
    on_page = {int(word) for word in request.POST.get("shown", "").split() if word.isascii() and word.isdigit()}
    context = previews.preview(request, imported, only=touched & on_page | {number})
    return render(request, "beneficiaries/_import_rows_touched.html", {**context, "number": number})


def _act(request: Any, imported: RegisterImport, row: ImportRow) -> set[int]:
    act = {"imported": imported, "number": row.number, "by": request.user}
    if "accept" in request.POST:
        return importing.accept_row(**act)
    if "aside" in request.POST:
        return importing.set_row_aside(**act, aside=request.POST["aside"] == "yes")
    named = [name for name in request.POST if name in BY_NAME]
    form = RowForm(request.POST, fields=named, columns=importing.columns_of(imported), typed=row.typed)
    form.is_valid()  # a text that is too long is left as it was
    return importing.correct_row(**act, typed=form.cleaned_data)


@require_POST
@may_import
def confirm(request, pk):
    """Write what the preview shows."""
    imported = _own(request, pk)
    try:
        imported = importing.confirm_import(imported, by=request.user, seen=request.POST.get("seen", ""))
    except importing.RegisterHasChanged as refusal:
        importing.judge_again(imported, by=request.user)
        messages.warning(request, str(refusal.message))
    except importing.ImportRefused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The register is imported."))
    return redirect(previews.address_of(imported))


@require_POST
@may_import
def undo(request, pk):
    """Take back what an import wrote."""
    imported = _own(request, pk)
    try:
        undoing_imports.undo_import(imported, by=request.user)
    except undoing_imports.NotUndoable as refusal:
        shown = ", ".join(f"\u2066{reference}\u2069" for reference in refusal.references[:12])
        more = len(refusal.references) - 12
        shown = f"{shown}, …" if more > 0 else shown
        messages.error(request, f"{refusal.message} {shown}")
    except importing.ImportRefused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The import is undone: nothing of it is left in the register."))
    return redirect(previews.address_of(imported))


@require_POST
@may_import
def discard(request, pk):
    """Throw a preview away."""
    try:
        importing.discard_import(_own(request, pk))
    except importing.ImportRefused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The preview is thrown away. Nothing was written."))
    return redirect("beneficiaries:import_list")


def _own(request: Any, pk: Any) -> RegisterImport:
    return get_object_or_404(RegisterImport.objects.visible_to(request.user).defer("sheet"), pk=pk)


def _back_to(request: Any, imported: RegisterImport, number: int) -> HttpResponse:
    kept = {name: request.POST[name] for name in ("verdict", "page") if request.POST.get(name)}
    address = f"{previews.address_of(imported, **kept)}#row-{number}"
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
