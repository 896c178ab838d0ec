"""The whole journey, once in French and once in Arabic: from a workbook to the line in the report, by seven hands.

Nobody in this story knows English: every page is read to its end.
"""

import re
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import override, pgettext
from playwright.sync_api import expect

from beneficiaries.models import Child, Need
from distributions.models import Delivery, Initiative
from tests.browser.reading import Reader
from tests.browser.signing import sign
from tests.browser.visiting import DESK, PHONE, TABLET, complaints_of, speak
from tests.factories import ChairFactory, InitiativeFactory

pytestmark = pytest.mark.django_db(transaction=True)

REGISTER = Path(__file__).resolve().parents[2] / "docs" / "samples" / "registre.xlsx"
PASSWORD = "une-phrase-longue"
# A child of Casablanca-Settat who stands in the register in one script only, sought in the other.
SOUGHT = {
    "fr": {"typed": "Tarik Ait Taleb", "written": "طارق آيت الطالب"},
    "ar": {"typed": "خديجة الزروالي", "written": "Khadija Zerouali"},
}
ANSWERS = {
    "mobility": "lifted",
    "push_method": "helper",
    "has_chair": "no",
    "injury": "none",
    "cannot_feel": "yes",
    "risk_cannot_move": "yes",
    "risk_moisture": "no",
    "risk_poor_posture": "yes",
    "risk_poor_diet": "no",
    "risk_weight": "no",
    "swallowing_or_breathing_worse": "yes",
    "pain_or_deformity": "no",
    "posture_level": "intermediate",
    "progression": "progressive",
    "out_of_school": "yes",
    "missed_treatment": "yes",
    "carer_pain": "6",
    "sole_or_burdened_carer": "no",
    "falls_or_breathing_trouble_in_seat": "no",
    "lost_chair_full_time_user": "no",
    "palliative": "no",
    "discharge_depends": "no",
}


MEASURES = {
    "hip_width_mm": "270",
    "seat_depth_left_mm": "340",
    "seat_depth_right_mm": "342",
    "calf_left_mm": "330",
    "calf_right_mm": "330",
    "mass_kg": "31",
}


class Story:
    """One browser that seven hands pass on, and the reader who looks over their shoulders."""

    def __init__(self, page, language: str, reader: Reader):
        self.page, self.language, self.reader = page, language, reader

    def words(self, english: str, context: str = "") -> str:
        with override(self.language):
            return pgettext(context, english) if context else say(english)

    def pattern(self, english: str) -> re.Pattern:
        """A sentence with gaps, whatever fills them."""
        return re.compile(".+".join(map(re.escape, re.split(r"%\(\w+\)s|\{\w+\}", self.words(english)))))

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.read()

    def read(self) -> None:
        expect(self.page.locator("h1")).to_have_count(1)
        self.reader.read(self.page)

    def press(self, english: str, context: str = "", within=None) -> None:
        """Press the button or the link of this name; a question that comes up is answered with yes."""
        place = within or self.page.locator("main, .field-acts")
        name = self.words(english, context)
        button = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name))
        asks = button.first.evaluate("element => !!element.closest('[data-hajar-confirm]')")
        button.first.click()
        if asks:
            dialog = self.page.get_by_role("dialog")
            self.reader.read(self.page)
            dialog.locator("[value=yes]").click()
        self.page.wait_for_load_state()

    def is_told(self, english: str) -> None:
        """The page says how it went."""
        expect(self.page.locator("main").get_by_text(self.pattern(english)).first).to_be_visible()
        self.read()

    def sign_in(self, user, screen) -> None:
        self.page.set_viewport_size(screen)
        self.open("/")
        self.page.locator("[name=login]").fill(user.email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.press("Sign in")
        expect(self.page.locator("h1")).to_contain_text(user.full_name)
        self.read()

    def sign_out(self) -> None:
        self.page.goto("/")
        self.page.locator(".account > button").click()
        self.page.get_by_role("button", name=self.words("Sign out")).click()
        expect(self.page.locator("[name=password]")).to_be_visible()


@pytest.fixture(params=["fr", "ar"])
def story(request, page, base_url):
    speak(page.context, request.param, base_url)
    page.set_default_timeout(20_000)
    names = " ".join(
        [
            "Hajar Nadia Karim Samira Omar Driss Khadija Atlas Tilt Dépôt Chaimae",
            request.getfixturevalue("words_of_the_register"),
        ]
    )
    return Story(page, request.param, Reader(request.param, names))


@pytest.fixture(scope="session")
def words_of_the_register() -> str:
    import openpyxl

    sheet = openpyxl.load_workbook(REGISTER, read_only=True).worksheets[0]
    return " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)


@pytest.fixture
def initiative():
    return InitiativeFactory(name_fr="Journée du handicap")


@pytest.fixture
def chair():
    return ChairFactory(model__name="Tilt", depot__name="Dépôt")


def test_from_a_workbook_to_the_report(story, initiative, chair, samira, karim, omar, driss):
    complaints = complaints_of(story.page)

    story.sign_in(samira, DESK)
    import_the_register(story)
    child = find_her(story)
    assess(story, child)
    need = look_why(story, child)
    reserve(story, need, initiative, chair)
    story.sign_out()

    story.sign_in(karim, DESK)
    approve(story, child)
    story.sign_out()

    story.sign_in(omar, DESK)
    prepare(story, initiative)
    story.sign_out()

    story.sign_in(karim, DESK)
    plan_a_round(story, initiative, child, driss)
    story.sign_out()

    story.sign_in(omar, DESK)
    load(story)
    story.sign_out()

    story.sign_in(driss, PHONE)
    hand_over(story, chair)
    story.sign_out()

    story.sign_in(karim, DESK)
    read_what_happened(story, initiative)
    story.sign_out()

    assert complaints == []
    assert story.reader.stumbled == [], "\n" + "\n".join(story.reader.stumbled)


def import_the_register(story):
    story.open("/imports/")
    story.press("Choose a file")
    story.read()
    story.page.locator("input[type=file]").set_input_files(REGISTER)
    story.press("Look at the rows")
    story.read()
    assert Child.objects.count() == 0  # looking writes nothing
    story.press("Confirm the import")
    story.is_told("The register is imported.")
    assert Child.objects.count() > 50  # those of her region


def find_her(story) -> Child:
    search = story.page.get_by_role("search").locator("input")
    search.fill(SOUGHT[story.language]["typed"])
    search.press("Enter")
    found = story.page.locator("main").get_by_role("link", name=SOUGHT[story.language]["written"])
    expect(found).to_have_count(1)
    story.read()
    found.click()
    expect(story.page.locator("h1")).to_contain_text(SOUGHT[story.language]["written"])
    story.read()
    return Child.objects.get(pk=story.page.url.rstrip("/").rsplit("/", 1)[1])


def assess(story, child):
    page = story.page
    page.set_viewport_size(TABLET)
    story.press("Continue the assessment")
    story.read()
    for name, answer in ANSWERS.items():
        page.locator(f"[name={name}][value='{answer}']").check()
    for name, measure in MEASURES.items():
        page.locator(f"[name={name}]").fill(measure)
    page.locator("[name=lifts_per_day]").fill("8")
    page.locator("[name=goals]").fill("…")
    expect(page.locator("[data-saved]")).to_have_text(story.pattern("Saved at {time}"))
    page.reload()  # the tablet fell asleep
    expect(page.locator("[name=mobility][value=lifted]")).to_be_checked()
    expect(page.locator("[name=lifts_per_day]")).to_have_value("8")
    story.press("Complete")
    expect(page).to_have_url(re.compile(r"/assessments/[0-9a-f-]+/$"))
    story.read()
    assert child.assessments.get().is_complete
    page.set_viewport_size(DESK)


def look_why(story, child) -> Need:
    story.open("/needs/")
    row = story.page.get_by_role("row").filter(has_text=child.reference)
    row.locator("summary").click()
    expect(row.locator("details")).to_have_attribute("open", "")
    story.open(child.get_absolute_url())
    story.press("Why this score?")
    story.read()
    expect(story.page.locator(".part").first).to_be_visible()
    return child.needs.get()


def reserve(story, need, initiative, chair):
    story.press("Choose a chair")
    story.read()
    story.page.get_by_role("radio", name=chair.label).check()
    story.page.locator("[name=initiative]").select_option(str(initiative.pk))
    story.press("Reserve")
    story.is_told("Chair %(chair)s is reserved.")
    assert need.allocations.get().status == "proposed"


def approve(story, child):
    story.page.locator("main a[href^='/allocations/']").first.click()  # what waits for her today
    story.read()
    story.press("Approve")
    story.is_told("The reservation is approved.")
    assert child.needs.get().allocations.get().status == "approved"


def prepare(story, initiative):
    story.open(initiative.get_absolute_url() + "?status=approved")
    story.press("Prepare", within=story.page.locator("main table"))
    story.read()
    for point in story.page.locator(".point").all():
        if not point.locator("input:checked").count():
            point.locator("input[value=pass]").check()
    story.page.locator("[name=disinfectant]").fill("…")
    story.press("The chair is prepared")
    story.is_told("The chair is prepared.")
    assert initiative.allocations.get().status == "prepared"


def plan_a_round(story, initiative, child, volunteer):
    page = story.page
    story.open(initiative.get_absolute_url())
    story.press("Plan a round")
    page.locator("[name=province]").select_option(str(child.family.province_id))
    page.locator("[name=volunteer]").select_option(str(volunteer.pk))
    story.read()
    page.locator("[name=day]").fill(timezone.localdate().strftime("%d/%m/%Y"))
    story.press("Plan this round")
    story.is_told("The round is planned: the volunteer sees it on the phone.")


def load(story):
    story.open("/rounds/")
    story.page.locator("main tbody th a").first.click()
    story.read()
    story.press("Loading")
    story.read()
    story.press("All are loaded")
    expect(story.page.locator("#messages .notice--good")).to_be_visible()
    story.read()


def hand_over(story, chair):
    page = story.page
    story.open("/mobile/")
    page.locator(".stop__name a").click()
    story.read()
    page.locator(".stop__name a").click()
    story.read()
    story.press("Hand over the chair")
    expect(page.locator("canvas.signature")).to_be_visible()
    story.read()
    page.locator("#id_is_healthy").check()
    page.locator("#id_is_this_chair").check()
    for name in Delivery.CHECKS:
        page.locator(f"[name={name}][value=yes]").check()
    page.locator("#id_receiver_name").fill("…")
    page.locator("#id_receiver_relation").select_option("mother")
    expect(page.locator("input[type=file]")).to_have_count(0)  # nobody agreed to a photo
    sign(page)
    story.press("Save this entry")
    expect(page.locator(".stop--done")).to_be_visible()
    story.read()
    delivery = Delivery.objects.get()
    assert delivery.is_delivered
    assert [attachment.kind for attachment in delivery.attachments.all()] == ["signature"]


def read_what_happened(story, initiative):
    page = story.page
    story.open("/reports/")
    with override(story.language):
        page.locator("main").get_by_role("link", name=initiative.name).first.click()
    expect(page.locator(".stat--good .stat__number")).to_have_text("1")
    story.read()
    story.press("Summary to give away")
    with override(story.language):
        expect(page.locator(".summary-sheet h2")).to_have_text(initiative.name)
    story.read()
    assert Initiative.objects.get().allocations.get().status == "delivered"
