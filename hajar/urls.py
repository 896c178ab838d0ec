from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.i18n import set_language

from hajar import views

# One sign-in for all, with second factor and throttling.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", views.home, name="home"),
    path("status/", views.status, name="status"),
    path("", include("beneficiaries.urls")),
    path("", include("distributions.urls")),
    path("admin/", admin.site.urls),
    # An administrator gives the e-mail by which a person signs in. These pages would let her change it, and keep a
    # second list of addresses that sign in.
    path("accounts/email/", views.closed, name="account_email"),
    re_path("^accounts/confirm-email/", views.closed, name="account_confirm"),
    path("accounts/", include("allauth.urls")),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("healthz", views.health, name="health"),
]
