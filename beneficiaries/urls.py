from django.urls import path

from beneficiaries.views import assessments, children, consents, families, health, imports, measurements, needs, search

app_name = "beneficiaries"
urlpatterns = [
    # the register
    path("search/", search.index, name="search"),
    path("children/", children.index, name="child_list"),
    path("children/new/", children.create, name="child_create"),
    path("children/export/", children.export, name="child_export"),
    path("children/<uuid:pk>/", children.detail, name="child_detail"),
    path("children/<uuid:pk>/edit/", children.edit, name="child_edit"),
    path("children/<uuid:pk>/photo/", children.photo, name="child_photo"),
    path("children/<uuid:pk>/photo/edit/", children.photo_edit, name="child_photo_edit"),
    path("children/<uuid:pk>/status/", children.status_edit, name="child_status_edit"),
    path("children/<uuid:pk>/consents/new/", consents.create, name="consent_create"),
    path("consents/<uuid:pk>/paper/", consents.paper, name="consent_paper"),
    path("consents/<uuid:pk>/withdraw/", consents.withdraw, name="consent_withdraw"),
    path("children/<uuid:pk>/health/", health.detail, name="health_record_detail"),
    path("children/<uuid:pk>/health/open/", health.open_door, name="health_record_open"),
    path("children/<uuid:pk>/health/edit/", health.edit, name="health_record_edit"),
    path("families/", families.index, name="family_list"),
    path("families/new/", families.create, name="family_create"),
    path("families/<uuid:pk>/", families.detail, name="family_detail"),
    path("families/<uuid:pk>/edit/", families.edit, name="family_edit"),
    path("families/<uuid:pk>/guardians/new/", families.guardian_create, name="guardian_create"),
    path("guardians/<uuid:pk>/edit/", families.guardian_edit, name="guardian_edit"),
    # assessment and waiting list
    path("children/<uuid:pk>/assessments/new/", assessments.create, name="assessment_create"),
    path("assessments/<uuid:pk>/", assessments.detail, name="assessment_detail"),
    path("assessments/<uuid:pk>/edit/", assessments.edit, name="assessment_edit"),
    path("assessments/<uuid:pk>/autosave/", assessments.autosave, name="assessment_autosave"),
    path("assessments/<uuid:pk>/complete/", assessments.complete, name="assessment_complete"),
    path("assessments/<uuid:pk>/discard/", assessments.discard, name="assessment_discard"),
    path("children/<uuid:pk>/measurements/new/", measurements.create, name="measurement_create"),
    path("measurements/<uuid:pk>/take-back/", measurements.take_back, name="measurement_take_back"),
    path("needs/", needs.index, name="need_list"),
    path("needs/export/", needs.export, name="need_export"),
    path("needs/<uuid:pk>/", needs.detail, name="need_detail"),
    path("needs/<uuid:pk>/override/", needs.override, name="need_override"),
    path("needs/<uuid:pk>/close/", needs.close, name="need_close"),
    # import of a register
    path("imports/", imports.index, name="import_list"),
    path("imports/new/", imports.create, name="import_create"),
    path("imports/<uuid:pk>/", imports.detail, name="import_detail"),
    path("imports/<uuid:pk>/rows/<int:number>/", imports.row, name="import_row"),
    path("imports/<uuid:pk>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<uuid:pk>/undo/", imports.undo, name="import_undo"),
    path("imports/<uuid:pk>/discard/", imports.discard, name="import_discard"),
]
