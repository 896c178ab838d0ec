import pytest


@pytest.fixture
def samira(django_user_model, db):
    return django_user_model.objects.create_user("samira@hajar.example", "a long password", full_name="Samira Invented")


def test_what_a_signed_in_person_sees_is_stored_nowhere(client, samira):
    client.force_login(samira)
    assert client.get("/")["Cache-Control"] == "no-store"


def test_an_answer_that_signs_in_is_stored_nowhere(client, samira):
    response = client.post("/accounts/login/", {"login": samira.email, "password": "a long password"})
    assert response.status_code == 302
    assert response["Cache-Control"] == "no-store"


def test_the_policy_lets_no_inline_code_run(client, db):
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_sixth_wrong_password_is_not_even_looked_at(client, samira):
    wrong = {"login": samira.email, "password": "not the password"}
    answers = [client.post("/accounts/login/", wrong).text for _ in range(6)]
    right = client.post("/accounts/login/", wrong | {"password": "a long password"})
    assert right.status_code == 200
    assert answers[-1] != answers[0]
