import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.HAJAR_DEMO = False


@pytest.mark.parametrize("name", ["nadia", "karim"])
@pytest.mark.parametrize("url", ["/", "/children/", "/admin/"])
def test_who_sees_health_data_first_sets_up_a_second_factor(request, client, name, url):
    client.force_login(request.getfixturevalue(name))
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"] == reverse("mfa_index")


def test_with_a_second_factor_the_house_opens(client, karim):
    TOTP.activate(karim, generate_totp_secret())
    RecoveryCodes.activate(karim)
    client.force_login(karim)
    assert client.get("/").status_code == 200


def test_a_case_worker_enters_with_a_password_alone(client, samira):
    client.force_login(samira)
    assert client.get("/").status_code == 200


def test_the_pages_that_set_it_up_stay_in_reach(client, nadia):
    client.force_login(nadia)
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("mfa_activate_totp")).status_code in (200, 302)


def test_the_demo_lets_its_accounts_in_with_a_password_alone(client, nadia, settings):
    settings.HAJAR_DEMO = True
    client.force_login(nadia)
    assert client.get("/").status_code == 200
