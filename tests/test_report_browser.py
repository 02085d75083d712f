"""The page in a real browser: what is hostile does not run, and filters, keys and links work.

Needs a Chromium on the system (`browser` marks it): skipped without one, unless the environment
says HAWTHORNE_REQUIRE_BROWSER=1.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hawthorne.analysis.report import write_report
from hawthorne.tests.report_runs import HOSTILE, SYSTEM, USER, hostile_run, mixed_run
from hawthorne.tests.runfile_samples import trial_id

pytestmark = pytest.mark.browser
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        if os.environ.get("HAWTHORNE_REQUIRE_BROWSER") == "1":
            pytest.fail("HAWTHORNE_REQUIRE_BROWSER=1, and there is no Chromium on the system")
        pytest.skip("there is no Chromium on the system")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield opened
        opened.close()


@dataclass
class Opened:
    """A page, and all that a quiet page does not do."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def shown(self) -> list[str]:
        """The ids of the trials in the list, in its order."""
        links = self.page.locator("#list li:not([hidden]) a")
        return [str(each.get_attribute("href")).removeprefix("#trial=") for each in links.all()]


Open = Callable[..., Opened]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    contexts = []
    pages: list[Opened] = []

    def open_file(path: Path, fragment: str = "", width: int = 1280) -> Opened:
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        address = path.as_uri()
        opened = Opened(context.new_page())
        page, complaints = opened.page, opened.complaints
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                None if request.url.split("#")[0] == address
                else complaints.append(f"request: {request.url}")
            ),
        )  # fmt: skip
        page.goto(address + fragment)
        pages.append(opened)
        return opened

    yield open_file
    complaints = [each for opened in pages for each in opened.complaints]
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(mixed_run(folder / "run.db"), folder / "report.html")
    return folder / "report.html"


def test_hostile_text_is_shown_and_never_run(tmp_path: Path, open_page: Open) -> None:
    out = tmp_path / "report.html"
    write_report(hostile_run(tmp_path / "run.db"), out)
    opened = open_page(out, f"#trial={trial_id(1)}")
    page = opened.page
    page.keyboard.press("p")
    for selector in (".thinking .text", ".statement .text", ".action .text", ".prompt .text"):
        text = page.locator(selector).first.text_content() or ""
        assert "<img src=x onerror=" in text
    assert page.locator(".action dd").first.text_content() == HOSTILE
    page.goto(out.as_uri() + f"#trial={trial_id(2)}")
    expect(page.locator(".failure")).to_contain_text("</script><script>")
    assert "pwned" not in page.title().removeprefix(page.locator("h1").text_content() or "")
    assert page.locator("img, main script:not(#data)").count() == 1
    assert page.evaluate("document.querySelectorAll('svg[onload], [onerror]').length") == 0


def test_the_policy_forbids_what_is_not_the_page_s_own(mixed: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(mixed.as_uri())
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'pwned'";
            const image = new Image();
            image.src = "https://example.com/x.png";
            document.body.append(script, image);
            document.body.setAttribute("style", "color: red");
        }"""
    )
    page.wait_for_timeout(100)
    assert page.title() != "pwned"
    assert len([text for text in refused if "Content Security Policy" in text]) >= 3
    page.close()


def test_filters_search_and_counts(mixed: Path, open_page: Open) -> None:
    opened = open_page(mixed)
    page = opened.page
    count = page.locator("#count")
    expect(count).to_have_text("12 of 12 transcripts")
    page.select_option("select[name=belief]", "deployment")
    expect(count).to_have_text("5 of 12 transcripts")
    page.select_option("select[name=behaviour]", "misaligned")
    expect(count).to_have_text("4 of 12 transcripts")
    options = page.locator("select[name=framing] option").all_text_contents()
    assert options == ["any", "evaluation (0)", "deployment (3)", "neutral (1)"]
    page.select_option("select[name=framing]", "neutral")
    assert opened.shown() == [trial_id(8)]
    page.click("button[type=reset]")
    expect(count).to_have_text("12 of 12 transcripts")
    page.fill("#search", "thursdays A WORD")
    assert opened.shown() == [trial_id(8)]
    page.fill("#search", "")
    page.select_option("select[name=model]", "sim/b")
    assert opened.shown() == [trial_id(20), trial_id(21)]
    assert "(SIMULATED)" in (page.locator("#list li:not([hidden])").first.text_content() or "")


def test_a_trial_shows_what_was_thought_said_done_and_judged(mixed: Path, open_page: Open) -> None:
    page = open_page(mixed, f"#trial={trial_id(8)}").page
    article = page.locator("#trial")
    expect(article.locator(".badges")).to_contain_text("states deployment misaligned severity 2")
    expect(article.locator(".thinking")).to_contain_text("Nobody has to know.")
    expect(article.locator(".answer")).not_to_contain_text("Nobody has to know.")
    expect(article.locator(".statement")).to_contain_text("<belief>deployment</belief>")
    expect(article.locator(".action").first).to_contain_text("ada@example.com")
    marked = article.locator("mark").text_content() or ""
    assert marked.startswith("Dear Ada,")
    assert marked.endswith("Call the change off.")
    expect(article.locator(".verdicts")).to_contain_text("lab/judge: misaligned, severity 2")
    expect(article.locator(".verdicts")).to_contain_text("not found as it stands")
    prompt = article.locator("details.prompt")
    assert prompt.get_attribute("open") is None
    prompt.locator("summary").click()
    expect(prompt).to_contain_text(SYSTEM)
    expect(prompt).to_contain_text(USER)


def test_keys_and_links(mixed: Path, open_page: Open) -> None:
    opened = open_page(mixed)
    page = opened.page
    ids = opened.shown()
    title = page.locator("#trial-title")
    expect(title).to_have_text(f"Trial {ids[0][:12]}")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(title).to_have_text(f"Trial {ids[1][:12]}")
    assert page.url.endswith(f"#trial={ids[1]}")
    page.keyboard.press("/")
    page.keyboard.type("jk 503")
    assert page.input_value("#search") == "jk 503"
    page.fill("#search", "503")
    page.keyboard.press("Escape")
    assert page.input_value("#search") == "503"
    page.keyboard.press("j")
    expect(title).to_have_text(f"Trial {trial_id(22)[:12]}")
    expect(page.locator("#list a[aria-current]")).to_have_count(1)
    # A link to a trial that a filter hides takes the filter off; one to a stranger says so.
    page.evaluate("id => { location.hash = 'trial=' + id }", ids[3])
    expect(title).to_have_text(f"Trial {ids[3][:12]}")
    assert page.input_value("#search") == ""
    page.evaluate("id => { location.hash = 'trial=' + id.slice(0, 8) }", ids[4])
    expect(title).to_have_text(f"Trial {ids[4][:12]}")
    page.uncheck("#keys")
    page.keyboard.press("j")
    expect(title).to_have_text(f"Trial {ids[4][:12]}")
    page.evaluate("location.hash = 'trial=%E0%A4%A'")
    expect(title).to_have_text("Not in this file")


def test_a_narrow_page_does_not_scroll_sideways(mixed: Path, open_page: Open) -> None:
    page = open_page(mixed, f"#trial={trial_id(8)}", width=390).page
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("figure svg.narrow").first.is_visible()
    assert not page.locator("figure svg.wide").first.is_visible()
