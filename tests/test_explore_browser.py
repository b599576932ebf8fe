"""`synthrl explore` as a reader meets it: a served page in headless Chromium, no request of which leaves this machine.

EXPLORE_IMAGES=docs/images pytest tests/test_explore_browser.py -k images    writes the pictures of the README
"""

import os
import re
import select
import shutil
import signal
import time
from pathlib import Path

import pytest
from explore_folders import SPOILT, write_profile, write_run
from restarts import start

pytest.importorskip("gradio", reason="needs the extra explore")
playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path: apt install chromium"),
]
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
WAIT = 30_000  # milliseconds: another test may hold the processor


@pytest.fixture(scope="module")
def address():
    served = start(["explore", "--no-browser"])
    ready, _, _ = select.select([served.stdout], [], [], 120)
    line = served.stdout.readline() if ready else ""
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert found, line
    yield found[0]
    served.send_signal(signal.SIGINT)
    _, complaints = served.communicate(timeout=30)
    assert "Traceback" not in complaints  # neither of a handler nor of its end
    assert served.returncode in (0, 130)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def opened(browser, address):
    """Opens a page; what it asked for and complained of is looked at in the end."""
    contexts, asked, complaints = [], [], []

    def open_page(width=1280, height=900, dark=False):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        page.wait_for_selector("#sx-text .sx-question")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert asked and not [url for url in asked if not re.match(r"http://127\.0\.0\.1[:/]|data:|blob:", url)]
    assert not complaints


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("explore") / "run")


@pytest.fixture(scope="module")
def profile_folder(tmp_path_factory):
    return write_profile(tmp_path_factory.mktemp("explore") / "toy")


def row_id(page):
    return page.locator("#sx-text code").first.inner_text()


def choose(page, label, option):
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=option, exact=True).first.click()


def see(page, selector, text):
    page.locator(selector, has_text=text).first.wait_for()


def tab(page, name):
    page.get_by_role("tab", name=name).click()


def open_folder(page, kind, name, folder):
    tab(page, name)
    page.locator(f"#sx-{kind} :is(input, textarea)").fill(str(folder))
    page.locator(f"#sx-{kind}-open").click()


def no_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_another_dataset_depth_and_row(opened):
    page = opened()
    assert re.fullmatch(r"fiction_multihop-[\d.]+/default/train/0", row_id(page))
    page.locator("#sx-next").click()
    see(page, "#sx-text code", "/default/train/1")
    page.get_by_label("hops", exact=True).fill("5")
    page.get_by_label("hops", exact=True).press("Enter")
    see(page, "#sx-text code", "/hops_5/train/1")
    choose(page, "Split", "test")
    see(page, "#sx-text code", "/hops_5/test/1")
    choose(page, "Dataset", "fiction_kinship")
    see(page, "#sx-text code", re.compile(r"fiction_kinship-[\d.]+/default/train/0"))
    page.locator("#sx-previous").click()  # round and round
    see(page, "#sx-text code", "/default/train/9999")
    choose(page, "Dataset", "fiction_logic")
    see(page, "#sx-text code", "fiction_logic")
    assert not page.get_by_label("hops", exact=True).is_visible()


def test_a_tab_without_a_world_is_hidden_and_left(opened):
    page = opened()
    world = page.get_by_role("tab", name="World")
    choose(page, "Dataset", "fiction_logic")  # before anybody opened that tab
    world.wait_for(state="hidden")
    choose(page, "Dataset", "fiction_kinship")
    world.click()
    page.wait_for_selector("#sx-world .sx-wide svg")
    assert page.locator("#sx-world .sx-wide .sx-start").first.bounding_box()["y"] < 900  # without scrolling
    choose(page, "Dataset", "templated_task")
    page.locator("#sx-text .sx-question").wait_for()
    world.wait_for(state="hidden")
    tab(page, "Try an answer")
    page.locator("#sx-next").click()
    see(page, "#sx-number", "")
    assert page.locator("#sx-said").is_visible()  # nobody is taken from there
    choose(page, "Dataset", "fiction_multihop")
    world.click()
    choose(page, "Configuration", "corpus")  # documents, which have no world
    page.locator("#sx-text article").wait_for()
    assert not world.is_visible()


def test_an_answer_stands_behind_a_toggle(opened):
    page = opened()
    assert not page.locator("#sx-text .sx-answer").first.is_visible()
    page.get_by_text("Show the answer and its steps").click()
    assert page.locator("#sx-text .sx-answer").first.is_visible()
    shown = page.locator("#sx-text .sx-para:visible").count()
    page.get_by_label("only these").check()
    assert 0 < page.locator("#sx-text .sx-para:visible").count() < shown


def test_a_right_and_a_wrong_answer(opened):
    page = opened()
    answer = page.locator("#sx-text .sx-answer").first.text_content()
    tab(page, "Try an answer")
    for typed, first in ((f"<answer>{answer}</answer>", "✓ Right"), ("<answer>nobody</answer>", "✗ Not right")):
        page.locator("#sx-said textarea").fill(typed)
        page.locator("#sx-judge").click()
        see(page, "#sx-verdict", first)
    page.locator("#sx-gold").click()
    page.wait_for_function("document.querySelector('#sx-said textarea').value.includes('</answer>')")
    page.locator("#sx-next").click()  # another row: the verdict was of the last one
    page.wait_for_function("!document.querySelector('#sx-verdict').innerText.includes('Not right')")


def test_wrong_fields_are_a_line_in_the_page(opened):
    page = opened()
    page.get_by_label("hops", exact=True).fill("99")
    page.get_by_label("hops", exact=True).press("Enter")
    see(page, "#sx-row-error", "hops: got 99")
    assert page.locator("#sx-row-error").inner_text().count("\n") == 0
    page.get_by_label("hops", exact=True).fill("3")
    page.get_by_label("hops", exact=True).press("Enter")
    see(page, "#sx-text code", "/hops_3/")
    assert not page.locator("#sx-row-error").is_visible()


def test_a_run_is_opened_filtered_and_read(opened, run_folder):
    page = opened()
    open_folder(page, "run", "Training run", run_folder)
    see(page, "#sx-run-count", "40 of 40 completions")
    choose(page, "Which", "right")
    see(page, "#sx-run-count", "16 of 40 completions, 16 of them right")
    page.locator("#sx-run-on").click()
    see(page, "#sx-run-count", "page 2 of 2")
    page.locator("#sx-run-lines input").first.check()
    page.wait_for_selector("#sx-run-detail .sx-card")
    heads = page.locator("#sx-run-detail .sx-card h3").all_inner_texts()
    assert heads == ["Step 0", "Step 40"]
    page.get_by_text("The whole row").click()
    assert page.locator("#sx-run-detail mark").first.is_visible()
    assert page.title() == "synthrl explore"  # what a completion says is not done


def test_folders_that_are_none_are_a_line_in_the_page(opened, tmp_path):
    page = opened()
    open_folder(page, "run", "Training run", tmp_path)
    see(page, "#sx-run-error", "no run, as there is no run.json in it")
    page.wait_for_timeout(1_500)
    see(page, "#sx-run-error", "no run, as")  # it stays
    open_folder(page, "profile", "Pass rates", tmp_path / "none")
    see(page, "#sx-profile-error", "there is no such folder")
    (tmp_path / "data").mkdir()
    for name, spoil in SPOILT.items():
        if name not in ("a column twice", "its middle overwritten"):  # of a table that is there
            path = tmp_path / "data" / f"{name}.parquet"
            path.write_bytes(b"PAR1")
            spoil(path)
            open_folder(page, "profile", "Pass rates", tmp_path)
            see(page, "#sx-profile-error", name)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    tab(page, "Rows")
    page.locator("#sx-next").click()  # it goes on
    see(page, "#sx-text code", "/train/1")


def test_a_profile_is_opened_and_a_row_read(opened, profile_folder):
    page = opened()
    open_folder(page, "profile", "Pass rates", profile_folder)
    page.wait_for_selector("#sx-profile-about svg")
    page.locator("#sx-profile-lines label", has_text="2/4 = 50%").first.wait_for(state="attached")
    page.locator("#sx-profile-lines label", has_text="2/4 = 50%").locator("input").first.check()
    see(page, "#sx-profile-detail", "2 of 4 right")
    assert page.locator("#sx-profile-detail .sx-card").count() == 4
    assert page.title() == "synthrl explore"


def test_by_keyboard_alone(opened):
    page = opened()
    page.keyboard.press("n")
    see(page, "#sx-text code", "/train/1")
    page.keyboard.press("p")
    see(page, "#sx-text code", "/train/0")
    met = []
    for _ in range(30):
        page.keyboard.press("Tab")
        met.append(
            page.evaluate(
                "document.activeElement.id || document.activeElement.ariaLabel || document.activeElement.innerText"
            )
        )
        if met[-1] == "sx-next":
            break
    assert met[-1] == "sx-next", met
    ring = page.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
    )
    assert ring == "solid3px"
    page.keyboard.press("Enter")
    see(page, "#sx-text code", "/train/1")
    page.get_by_role("tab", name="Text").focus()
    page.keyboard.press("Tab")
    for _ in range(6):
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#sx-text .sx-answer").first.is_visible()
    page.locator("#sx-number input").focus()
    page.keyboard.press("n")  # somebody types
    time.sleep(0.5)
    assert row_id(page).endswith("/train/1")


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone(opened, run_folder, profile_folder, dark):
    page = opened(width=390, height=844, dark=dark)
    assert no_sideways(page)
    tab(page, "World")
    assert page.locator("#sx-world .sx-narrow svg").is_visible() and not page.locator("#sx-world .sx-wide").is_visible()
    assert no_sideways(page)
    tab(page, "Try an answer")
    page.locator("#sx-gold").click()
    page.wait_for_function("document.querySelector('#sx-said textarea').value")
    page.locator("#sx-judge").click()
    see(page, "#sx-verdict", "✓ Right")
    assert no_sideways(page)
    open_folder(page, "run", "Training run", run_folder)
    page.locator("#sx-run-lines input").first.check()
    page.wait_for_selector("#sx-run-detail .sx-card")
    assert no_sideways(page)
    open_folder(page, "profile", "Pass rates", profile_folder)
    page.locator("#sx-profile-lines input").first.check()
    page.wait_for_selector("#sx-profile-detail .sx-card")
    assert no_sideways(page)
    wide = page.evaluate(
        """[...document.querySelectorAll('.sx *')].filter(e => e.offsetParent && !e.closest('.sx-hide')
             && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert not wide


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_its_ground(opened, dark):
    """4.5 to 1, as the guidelines for accessible pages ask for: our inks on the page's ground."""
    page = opened(dark=dark)
    inks = ["ink", "soft", "grey", "good", "bad", *map(str, range(1, 9))]
    found = page.evaluate(
        """inks => {
          const box = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
          const light = colour => {
            box.fillStyle = colour; box.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...box.getImageData(0, 0, 1, 1).data].slice(0, 3)
              .map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
            return .2126 * r + .7152 * g + .0722 * b;
          };
          const style = getComputedStyle(document.body), ground = light(style.backgroundColor);
          return inks.map(ink => {
            const there = light(style.getPropertyValue('--sx-' + ink).trim());
            return (Math.max(there, ground) + .05) / (Math.min(there, ground) + .05);
          });
        }""",
        inks,
    )
    assert {ink: round(contrast, 1) for ink, contrast in zip(inks, found, strict=True) if contrast < 4.5} == {}


def test_two_readers_do_not_meet(opened, run_folder):
    one, other = opened(), opened()
    one.get_by_label("hops", exact=True).fill("5")
    one.get_by_label("hops", exact=True).press("Enter")
    open_folder(other, "run", "Training run", run_folder)
    see(one, "#sx-text code", "/hops_5/train/0")
    see(other, "#sx-run-count", "40 of 40")
    tab(other, "Rows")
    other.locator("#sx-next").click()
    see(other, "#sx-text code", "/default/train/1")
    assert row_id(one).endswith("/hops_5/train/0")
    tab(one, "Training run")
    assert not one.locator("#sx-run-lines").is_visible()


def test_a_hundred_thousand_characters_are_judged_and_cut(opened):
    page = opened()
    tab(page, "Try an answer")
    page.locator("#sx-said textarea").fill("<b>" * 40_000 + "<answer>\u202e<i>x</i></answer>")
    page.locator("#sx-judge").click()
    see(page, "#sx-verdict", "Only the first 100,000 characters were judged")
    assert not page.locator("#sx-verdict :is(b, i)").count()


@pytest.mark.skipif("EXPLORE_IMAGES" not in os.environ, reason="writes the README's pictures where EXPLORE_IMAGES says")
def test_images(opened):
    """The run and the profile of EXPLORE_RUN and EXPLORE_PROFILE, which must be worth looking at: such as `make demo` leaves,
    runs/demo/reward, and what `synthrl profile` says of that model with the knobs of recipes/configs/demo/world.yaml."""
    folder = Path(os.environ["EXPLORE_IMAGES"])
    folder.mkdir(parents=True, exist_ok=True)
    page = opened(height=1000)
    page.get_by_label("hops", exact=True).fill("4")
    page.get_by_label("hops", exact=True).press("Enter")
    see(page, "#sx-text code", "/hops_4/")

    def shoot(name, at):
        at.mouse.move(0, 0)
        at.evaluate("scrollTo(0, 0)")
        at.wait_for_timeout(600)
        at.screenshot(path=folder / f"explore-{name}.png", animations="disabled")

    shoot("text", page)
    tab(page, "World")
    page.wait_for_selector("#sx-world .sx-wide svg")
    shoot("world", page)
    tab(page, "Try an answer")
    page.locator("#sx-gold").click()
    page.wait_for_function("document.querySelector('#sx-said textarea').value")
    page.locator("#sx-judge").click()
    see(page, "#sx-verdict", "✓ Right")
    shoot("try", page)
    open_folder(page, "run", "Training run", os.environ["EXPLORE_RUN"])
    choose(page, "Which", "came right")
    see(page, "#sx-run-count", "completions")
    page.wait_for_timeout(1_000)
    page.locator("#sx-run-lines input").nth(1).check()
    page.wait_for_selector("#sx-run-detail .sx-card")
    shoot("run", page)
    open_folder(page, "profile", "Pass rates", os.environ["EXPLORE_PROFILE"])
    page.locator("#sx-profile-lines input").nth(1).check()
    page.wait_for_selector("#sx-profile-detail .sx-card")
    shoot("profile", page)
    phone = opened(width=390, height=1000)
    tab(phone, "World")
    shoot("phone", phone)
