from django.urls import path

from distributions.views import allocations, chairs, initiatives, reports

app_name = "distributions"
urlpatterns = [
    path("chairs/", chairs.list_chairs, name="chair_list"),
    path("chairs/receive/", chairs.receive, name="chair_create"),
    path("chairs/<uuid:pk>/", chairs.chair_detail, name="chair_detail"),
    path("chairs/<uuid:pk>/edit/", chairs.edit_chair, name="chair_edit"),
    path("chairs/<uuid:pk>/record/<slug:kind>/", chairs.record_event, name="chair_record"),
    path("chairs/<uuid:pk>/events/<uuid:event>/correct/", chairs.correct_event, name="chair_correct"),
    path("depots/", chairs.list_depots, name="depot_list"),
    path("depots/new/", chairs.create_depot, name="depot_create"),
    path("depots/<uuid:pk>/edit/", chairs.edit_depot, name="depot_edit"),
    path("models/", chairs.list_models, name="chairmodel_list"),
    path("models/new/", chairs.create_model, name="chairmodel_create"),
    path("models/<uuid:pk>/", chairs.model_detail, name="chairmodel_detail"),
    path("models/<uuid:pk>/edit/", chairs.edit_model, name="chairmodel_edit"),
    path("initiatives/", initiatives.list_initiatives, name="initiative_list"),
    path("initiatives/new/", initiatives.create_initiative, name="initiative_create"),
    path("initiatives/<uuid:pk>/", initiatives.initiative_detail, name="initiative_detail"),
    path("initiatives/<uuid:pk>/edit/", initiatives.edit_initiative, name="initiative_edit"),
    path("initiatives/<uuid:pk>/move/", initiatives.move_initiative, name="initiative_move"),
    path("initiatives/<uuid:pk>/report/", reports.initiative_report, name="initiative_report"),
    path("initiatives/<uuid:pk>/summary/", reports.initiative_summary, name="initiative_summary"),
    path("initiatives/<uuid:pk>/summary.pdf", reports.initiative_summary_pdf, name="initiative_summary_pdf"),
    path("reports/", reports.list_reports, name="report_list"),
    path("partners/new/", initiatives.create_partner, name="partner_create"),
    path("allocations/new/", allocations.create, name="allocation_create"),
    path("allocations/<uuid:pk>/", allocations.detail, name="allocation_detail"),
    path("allocations/<uuid:pk>/approve/", allocations.approve, name="allocation_approve"),
    path("allocations/<uuid:pk>/prepare/", allocations.prepare, name="allocation_prepare"),
    path("allocations/<uuid:pk>/release/", allocations.release, name="allocation_release"),
]
