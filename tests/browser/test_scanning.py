"""The camera of a phone reads the label of a chair; whatever the camera does, the number can be typed."""

import io

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from distributions.models import PhoneEntry
from tests.browser.test_offline import form_of, keep_the_rounds, save, waits
from tests.browser.visiting import wait_until
from tests.factories import AllocationFactory, ChairFactory

pytestmark = pytest.mark.django_db(transaction=True)
WIDE, HIGH = 640, 480


def film(path, text: str) -> None:
    """A film for a camera that is none: a label that lies still."""
    code = io.BytesIO()
    segno.make(text).save(code, kind="png", scale=8, border=4)
    picture = Image.new("L", (WIDE, HIGH), 255)
    label = Image.open(code).convert("L")
    picture.paste(label, ((WIDE - label.width) // 2, (HIGH - label.height) // 2))
    grey = bytes([128]) * (WIDE * HIGH // 4)
    frame = b"FRAME\n" + picture.tobytes() + grey + grey
    path.write_bytes(f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10)


@pytest.fixture
def stop(driss):
    return AllocationFactory(loaded=True, volunteer=driss)


@pytest.fixture
def camera(browser_type, browser_type_launch_args, tmp_path, base_url, driss):
    """A phone whose camera sees what the test puts before it."""
    opened = []

    def see(text: str, *, may: bool = True):
        film(tmp_path / "label.y4m", text)
        fake = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={tmp_path / 'label.y4m'}"]
        browser = browser_type.launch(
            **{**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *fake]}
        )
        context = browser.new_context(base_url=base_url, permissions=["camera"] if may else [])
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.on("console", lambda message: "Security Policy" in message.text and asked.append(f"csp:{message.text}"))
        opened.append((browser, asked))
        return keep_the_rounds(page, driss, base_url)

    yield see
    for browser, asked in opened:
        browser.close()
        assert [url for url in asked if url.startswith(("http", "csp")) and not url.startswith(base_url)] == []


def is_kept(page, address: str) -> bool:
    return page.evaluate("(address) => caches.match(address).then(Boolean)", address)


def wait_for_the_reader(page) -> None:
    """It comes by itself once nobody waits for anything."""
    for file in ("zxing_reader.wasm", "reader.js"):
        wait_until(page, lambda file=file: is_kept(page, f"/static/vendor/zxing/{file}"), f"{file} is kept")


def test_the_right_chair_is_read_without_a_network(camera, stop):
    page = camera(f"https://hajar.example/c/{stop.chair.number}/")
    wait_for_the_reader(page)
    page.context.set_offline(True)
    page.goto(form_of(stop))
    page.locator("[data-scan=start]").click()
    expect(page.locator("#id_chair_label")).to_have_value(stop.chair.label)
    expect(page.locator("#id_is_this_chair")).to_be_checked()
    expect(page.locator("[data-said=read]")).to_contain_text(stop.chair.label)
    expect(page.locator("[data-place=spare]")).to_be_hidden()
    assert page.evaluate("document.querySelector('video').srcObject") is None  # the camera is off


def test_another_chair_is_noticed_and_told_with_its_reason(camera, stop):
    other = ChairFactory()
    page = camera(f"http://localhost:8000/c/{other.number}/")
    page.goto(form_of(stop))
    page.locator("[data-scan=start]").click()
    expect(page.locator("#id_chair_label")).to_have_value(other.label)
    expect(page.locator("#id_is_this_chair")).not_to_be_checked()
    page.locator("#id_is_healthy").check()
    page.locator("#id_receiver_name").fill("Khadija")
    page.locator("#id_receiver_relation").select_option("mother")
    save(page)
    expect(page.locator("#id_spare_reason.is-invalid")).to_be_visible()
    page.locator("#id_spare_reason").fill("le premier avait une roue cassée")
    save(page)
    expect(page.locator(".saved")).to_be_visible()
    waits(page, 0)
    assert f'"chair":"{other.number}"' in PhoneEntry.objects.get().said


def test_a_code_that_is_no_label_is_passed_over_and_the_camera_can_be_stopped(camera, stop):
    page = camera("https://elsewhere.example/menu")
    page.goto(form_of(stop))
    page.locator("[data-scan=start]").click()
    expect(page.locator("[data-said=looking]")).to_be_visible()
    page.wait_for_timeout(1_500)
    expect(page.locator("#id_chair_label")).to_have_value("")
    page.locator("[data-scan=stop]").click()
    expect(page.locator("[data-scan=view]")).to_be_hidden()
    expect(page.locator("[data-scan=start]")).to_be_visible()


def test_a_camera_that_is_refused_is_said_and_the_number_typed(camera, stop):
    page = camera("1", may=False)
    page.goto(form_of(stop))
    page.locator("[data-scan=start]").click()
    expect(page.locator("[data-said=refused]")).to_be_visible()
    expect(page.locator("#id_chair_label")).to_be_visible()


def test_a_phone_without_a_camera_says_so(page, base_url, driss, stop):
    keep_the_rounds(page, driss, base_url)
    page.context.grant_permissions(["camera"])
    page.goto(form_of(stop))
    page.locator("[data-scan=start]").click()
    expect(page.locator("[data-said=missing]")).to_be_visible()


def test_a_reader_that_has_not_come_yet_is_said(camera, stop):
    page = camera("1")
    page.context.route("**/vendor/zxing/*", lambda route: route.abort())
    page.goto(form_of(stop))
    page.evaluate(
        """async () => {
            for (const name of await caches.keys()) if (name.includes("later")) await caches.delete(name);
        }"""
    )
    page.context.set_offline(True)
    page.locator("[data-scan=start]").click()
    expect(page.locator("[data-said=no-reader]")).to_be_visible()


def test_the_page_of_the_server_reads_labels_too(camera, stop):
    page = camera(stop.chair.label)
    page.goto(f"{form_of(stop)}&online=1")
    page.locator("[data-scan=start]").click()
    expect(page.locator("#id_chair_label")).to_have_value(stop.chair.label)
    expect(page.locator("#id_is_this_chair")).to_be_checked()
