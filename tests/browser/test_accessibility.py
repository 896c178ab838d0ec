"""Every page of the house, in three languages: axe finds nothing, nothing sticks out of a phone, no complaint.

And who knows no English reads every page to its end.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from hajar.accounts import roles
from tests import world
from tests.browser.reading import OF_THE_WORLD, Reader
from tests.browser.visiting import DESK, PHONE, complaints_of, sit_down, speak, too_wide
from tests.permissions import RULES

pytestmark = pytest.mark.django_db(transaction=True)

# Target size came with WCAG 2.2 and sleeps unless it is woken.
EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
FILES = {
    "health",
    "beneficiaries:child_photo",
    "beneficiaries:child_disclosure_json",
    "beneficiaries:child_disclosure_pdf",
    "beneficiaries:consent_paper",
    "beneficiaries:guardian_identity",  # not there until a site turns identity numbers on
    "beneficiaries:health_record_readers_pdf",
    "beneficiaries:import_corrections",
    "beneficiaries:import_template",
    "beneficiaries:need_explanation_pdf",
    "distributions:delivery_file",
    "distributions:delivery_receipt",
    "distributions:initiative_summary_pdf",
    "distributions:mobile_manifest",
    "distributions:mobile_pack",
    "distributions:mobile_shell",  # empty until its script draws a round
    "distributions:mobile_worker",
    "distributions:need_specification_pdf",
    "distributions:preparation_photo",
    "distributions:round_load_list",
    "distributions:round_paper",
    "distributions:round_scan",
}
OF_THE_ACCOUNT = ("account_change_password", "mfa_index", "mfa_activate_totp", "usersessions_list", "account_logout")
OF_STRANGERS = ("account_login", "account_reset_password")
DIRECTION = {"fr": "ltr", "ar": "rtl", "en": "ltr"}
CAST = {
    roles.COORDINATOR: "Karim",
    roles.ADMINISTRATOR: "Nadia",
    roles.CASE_WORKER: "Samira",
    roles.CLINICIAN: "Salwa",
    roles.OBSERVER: "Hind",
    roles.STOREKEEPER: "Omar",
    roles.VOLUNTEER: "Driss",
}
MAIN = (
    "home",
    "beneficiaries:child_detail",
    "beneficiaries:assessment_edit",
    "beneficiaries:need_list",
    "distributions:initiative_report",
)


@pytest.fixture
def house(person):
    """One person for each role, the coordinator first, and one of everything in Casablanca."""
    people = {role: person(name, role, "MA-06") for role, name in CAST.items()}
    things = world.build("MA-CAS", volunteer=people[roles.VOLUNTEER])
    return people, things | world.an_import(people[roles.COORDINATOR])


def stops(people, things):
    """(who, address) of each page, so that nobody signs in twice."""
    for role in people:
        yield role, reverse("home")
        for rule in RULES:
            first = roles.COORDINATOR if roles.COORDINATOR in rule.roles else min(rule.roles)
            if not rule.post and role == first and rule.name not in {"home"} | FILES and not _is_alike(rule.name):
                yield role, reverse(rule.name, kwargs={name: things[key] for name, key in rule.args.items()})
    for name in OF_THE_ACCOUNT:
        yield roles.OBSERVER, reverse(name)
    yield roles.OBSERVER, "/no-such-page/"
    yield roles.OBSERVER, reverse("beneficiaries:child_list")  # 403
    for name in OF_STRANGERS:
        yield None, reverse(name)


def _is_alike(name: str) -> bool:
    """One page takes out every list: it is looked at once, with the children."""
    return name.endswith("_export") and name != "beneficiaries:child_export"


def faults_of(page, axe: Axe) -> list[str]:
    found = [
        f"{violation['id']}: {node['target'][0]} {' '.join(node['html'].split())[:160]} | "
        f"{' '.join((node.get('failureSummary') or '').split())[:240]}"
        for violation in axe.run(page, options=EVERYTHING).response["violations"]
        for node in violation["nodes"][:4]
    ]
    headings = page.locator("h1").count()
    return found + ([] if headings == 1 else [f"{headings} headings of the first level"])


def speech_of(page, language: str) -> list[str]:
    told = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
    return [] if [told[0][:2], told[1]] == [language, DIRECTION[language]] else [f"lang and dir are {told}"]


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_page_can_be_used_by_everybody(page, base_url, house, language):
    axe, complaints, found, seen_as = Axe(), complaints_of(page), [], object()
    page.set_default_navigation_timeout(60_000)
    reader = Reader(language, names=OF_THE_WORLD)
    for role, address in stops(*house):
        if role != seen_as:
            page.context.clear_cookies()
            speak(page.context, language, base_url)
            if role:
                sit_down(page.context, house[0][role], base_url)
            seen_as = role
        is_for_phones = address.startswith("/mobile/")
        page.set_viewport_size(PHONE if is_for_phones else DESK)
        answer = page.goto(address)
        # The rules look at structure and colours: English has those of French.
        faults = ([] if language == "en" else faults_of(page, axe)) + speech_of(page, language)
        if answer.status >= 500:
            faults.append(f"answered {answer.status}")
        page.set_viewport_size(PHONE)
        if language == "en":
            faults += [wide] if (wide := too_wide(page)) else []
        else:
            reader.read(page)
        found += [f"{language} {role} {address} {fault}" for fault in faults]
    expected = ("/no-such-page/", reverse("beneficiaries:child_list"))  # a browser writes 404 and 403 down
    spoken = [f"console: {line}" for line in complaints if not any(f"{name} Failed" in line for name in expected)]
    found += spoken + reader.stumbled
    assert found == [], "\n" + "\n".join(found)


def test_the_main_pages_can_be_used_in_dark_colours(page, base_url, house):
    people, things = house
    axe, found = Axe(), []
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": base_url}])
    speak(page.context, "fr", base_url)
    sit_down(page.context, people[roles.COORDINATOR], base_url)
    page.set_viewport_size(DESK)
    for rule in RULES:
        if rule.name in MAIN:
            page.goto(reverse(rule.name, kwargs={name: things[key] for name, key in rule.args.items()}))
            assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
            found += [f"{rule.name} {fault}" for fault in faults_of(page, axe)]
    assert found == [], "\n" + "\n".join(found)


def test_a_planted_fault_is_found(page):
    """The twin: a picture without words, and a line that no phone can hold."""
    page.set_viewport_size(PHONE)
    page.goto(reverse("account_login"))
    assert faults_of(page, Axe()) == []
    assert too_wide(page) == ""
    page.evaluate(
        """() => {
            const picture = document.querySelector("main").appendChild(document.createElement("img"));
            picture.src = "/static/icons/hajar.svg";
            picture.width = 900;
            picture.style.maxWidth = "none";
        }"""
    )
    assert any("image-alt" in fault for fault in faults_of(page, Axe()))
    assert "img" in too_wide(page)
