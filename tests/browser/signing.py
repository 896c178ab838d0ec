"""How a finger signs."""

from playwright.sync_api import Page


def sign(page: Page) -> None:
    """Draw something like a signature on the only canvas of the page."""
    canvas = page.locator("canvas.signature")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 80)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 30 + 25 * step, box["y"] + (40 if step % 2 else 110), steps=4)
    page.mouse.up()
