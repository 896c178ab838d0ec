import pytest
from django.db import DatabaseError
from django.template.loader import get_template
from django.test import Client

from hajar import views


def test_health_is_good_when_the_database_is_up_to_date(client, db):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_health_is_bad_while_migrations_wait(client, db, monkeypatch):
    monkeypatch.setattr(views, "_known_migrations", lambda: frozenset({("beneficiaries", "9999_next_year")}))
    assert client.get("/healthz").status_code == 503


def test_health_is_bad_when_the_database_does_not_answer(client, monkeypatch):
    def fail(connection):
        raise DatabaseError("password=secret")

    monkeypatch.setattr(views, "MigrationRecorder", fail)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert "secret" not in response.text


@pytest.mark.parametrize("url", ["/", "/accounts/2fa/", "/accounts/sessions/"])
def test_a_stranger_is_led_to_the_sign_in_page(client, db, url):
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_the_admin_has_no_sign_in_of_its_own(client, db):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/")


@pytest.mark.parametrize("url", ["/accounts/login/", "/accounts/password/reset/", "/healthz"])
def test_a_stranger_reaches_the_public_pages(client, db, url):
    assert client.get(url).status_code == 200


def test_a_stranger_chooses_the_language(client, db):
    client.post("/i18n/setlang/", {"language": "ar", "next": "/accounts/login/"})
    assert 'lang="ar"' in client.get("/accounts/login/").text


def test_nobody_signs_herself_up(client, db, django_user_model):
    stranger = {"email": "stranger@hajar.example", "password1": "g7Rt-wq2m-2", "password2": "g7Rt-wq2m-2"}
    client.post("/accounts/signup/", stranger)
    assert not django_user_model.objects.filter(email=stranger["email"]).exists()


def test_a_form_without_its_token_gets_our_own_page(db):
    response = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "ar"})
    assert response.status_code == 403
    assert "403.html" in [template.name for template in response.templates]


def test_an_address_that_is_nowhere_gets_our_own_page(client, db):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "404.html" in [template.name for template in response.templates]


@pytest.mark.parametrize("status", [400, 500])
def test_a_page_for_the_worst_stands_alone(status):
    """Django renders these with no request; and this test is given no database."""
    assert "<html" in get_template(f"{status}.html").render()
