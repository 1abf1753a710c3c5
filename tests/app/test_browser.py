"""The page in a browser: what a visitor does, and what he sees."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, set_params
from playwright.sync_api import expect

from mintmark.app import examination, sentences

LONG = 120_000  # milliseconds: a machine may have other things to do
WIDTHS = (390, 800, 1280)

expect.set_options(timeout=LONG)


@dataclass
class Site:
    """A page that is being shown."""

    folder: Path
    url: str
    uploads: Path  # where uploads lie


def start(folder):
    """Show the page of a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "tmp")}
    command = [sys.executable, "-m", "mintmark.app"]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=pipe, stderr=pipe, text=True
    )


@pytest.fixture(scope="module")
def site(run, tmp_path_factory):
    """The page of a small run; when it ends, no upload is left."""
    folder = tmp_path_factory.mktemp("site")
    for name in ("data", "models"):
        (folder / name).symlink_to(run / name)
    shutil.copy(run / "params.yaml", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    set_params(folder, app__port=port, app__megabytes=1)
    uploads = folder / "tmp"
    uploads.mkdir()
    with start(folder) as server:
        said = server.stdout.readline()
        assert str(port) in said, server.stderr.read()
        yield Site(folder, f"http://127.0.0.1:{port}", uploads)
        server.terminate()
        server.communicate()
    assert not list(uploads.glob("mintmark-*"))


@pytest.fixture
def visit(site, browser):
    """Open the page as one visitor more; in the end nothing has gone wrong in any visitor's browser."""
    contexts, wrong = [], []

    def open_page(**options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(LONG)
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request", lambda request: from_elsewhere(request.url) and wrong.append(request.url)
        )
        page.goto(site.url)
        expect(page.locator(".hint").first).to_be_visible()
        return page

    def from_elsewhere(url):
        return not url.startswith((site.url, "data:", "blob:"))

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


def files(sample):
    """The photographs of a sample coin."""
    return [sample.brought[side].iloc[0] for side in ("obverse", "reverse")]


def upload(page, *given):
    """Drop files."""
    page.locator("input[type=file]").first.set_input_files([str(Path(file)) for file in given])


def answer(page):
    """The answer that is shown."""
    return page.locator(".answer h2")


def slide(page, percent):
    """Move the slider, and wait for what the page says."""
    page.get_by_role("slider").fill(str(percent))
    expect(page.locator(".left p")).to_contain_text(f"{percent}{sentences.NARROW}%")
    return page.locator(".left p").inner_text()


def named(sample, known):
    """What the page is to say of a coin."""
    said = examination.examine(examination.read([Path(file) for file in files(sample)]), known).said
    return f"{said['answer']} {sentences.percent(said['probability'])}"


def test_two_photographs_are_answered_and_the_slider_moves_the_probability(visit, known, coins):
    page = visit(viewport={"width": 1280, "height": 900})
    upload(page, *files(coins[0]))
    expect(answer(page)).to_have_text(named(coins[0], known))
    for place, count in ((".found", 2), (".large", 4), (".small", known.settings.similar)):
        expect(page.locator(f"{place} img")).to_have_count(count)
    assert page.locator("img:not([alt]), img[alt='']").count() == 0
    expect(page.locator(".left p")).to_have_text("Nothing is hidden yet.")
    page.get_by_label("margin, from the edge inwards").check()
    expect(page.locator(".left p")).to_contain_text(f"outermost 50{sentences.NARROW}%")
    little, much = slide(page, 5), slide(page, 60)
    assert little.split(" to ")[1] != much.split(" to ")[1]


def test_the_sides_can_be_swapped_and_a_new_coin_begins_anew(visit, known, coins):
    page = visit()
    upload(page, *files(coins[0]))
    expect(answer(page)).to_have_text(named(coins[0], known))
    obverse = page.locator(".found img[alt=obverse]")
    before = obverse.get_attribute("src")
    page.get_by_role("button", name="Swap obverse and reverse").click()
    expect(obverse).not_to_have_attribute("src", before)
    page.locator("#samples button").nth(1).click()
    expect(page.locator(".answer")).to_contain_text(f"The catalogue says: {coins[1].mint}")
    expect(page.locator(".left p")).to_have_text("Nothing is hidden yet.")


def test_what_is_dropped_on_a_whole_coin_is_another_coin(visit, known, coins, tmp_path):
    (tmp_path / "text.jpg").write_text("no photograph")
    page = visit()
    for sample in coins[:2]:
        upload(page, *files(sample))
        expect(answer(page)).to_have_text(named(sample, known))
        expect(page.locator(".found img")).to_have_count(2)
    upload(page, tmp_path / "text.jpg")
    expect(page.get_by_role("alert").filter(has_text="text.jpg can't be read")).to_be_visible()
    for file in files(coins[2]):  # one after the other, after what could not be read
        upload(page, file)
        shown = page.locator(".found figcaption")
        expect(shown.last).to_have_text("obverse" if file == files(coins[2])[0] else "reverse")
    expect(answer(page)).to_have_text(named(coins[2], known))


def test_a_wrong_file_is_answered_in_a_sentence(visit, coins, tmp_path):
    (tmp_path / "text.jpg").write_text("no photograph")
    (tmp_path / "notes.txt").write_text("no photograph")
    page = visit()
    upload(page, tmp_path / "text.jpg")
    expect(page.get_by_role("alert").filter(has_text="text.jpg can't be read")).to_be_visible()
    expect(answer(page)).to_have_count(0)
    page.locator("#samples button").first.click()
    expect(answer(page)).to_be_visible()  # and the page goes on
    expect(page.locator(".wrong")).to_have_count(0)
    upload(page, tmp_path / "notes.txt")
    expect(page.get_by_text("Invalid file type: notes.txt")).to_be_visible()


def test_a_file_that_is_too_large_is_answered_in_a_sentence(site, browser, tmp_path):
    (tmp_path / "large.jpg").write_bytes(bytes(2 * 2**20))
    page = browser.new_page()
    page.goto(site.url)
    upload(page, tmp_path / "large.jpg")
    expect(page.get_by_text("exceed the maximum allowed size of 1.0 Mb")).to_be_visible()
    expect(answer(page)).to_have_count(0)
    page.close()


def test_two_visitors_at_once_do_not_mix(visit, known, coins):
    pages, theirs = [visit(), visit()], [coins[0], coins[2]]
    for page, sample in zip(pages, theirs, strict=True):
        upload(page, *files(sample))
    for page, sample in zip(pages, theirs, strict=True):
        expect(answer(page)).to_have_text(named(sample, known))
    for percent in (30, 60):
        for page in pages:
            page.get_by_role("slider").fill(str(percent))
        for page, sample in zip(pages, theirs, strict=True):
            coin = examination.read([Path(file) for file in files(sample)])
            seen = examination.examine(coin, known).seen
            _, chances = examination.hide(seen, known.choices[0], percent / 100, known)
            said = sentences.change(
                seen, known.choices[0], percent / 100, chances, known.index.names
            )
            expect(page.locator(".left p")).to_have_text(said)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_over_the_edge_of_any_screen(visit, scheme):
    page = visit(color_scheme=scheme)
    page.locator("#samples button").first.click()
    expect(answer(page)).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_a_visitor_uploaded_goes_with_him(site, visit, coins):
    page = visit()
    upload(page, *files(coins[0]))
    expect(answer(page)).to_be_visible()
    name = Path(files(coins[0])[0]).name
    other = visit()
    assert list(site.uploads.rglob(name))
    page.context.close()
    for _ in range(LONG // 200):
        if not list(site.uploads.rglob(name)):
            break
        other.wait_for_timeout(200)
    assert not list(site.uploads.rglob(name))


def test_nothing_but_the_page_is_served(site):
    passwords, params = "/gradio_api/file=/etc/passwd", site.folder / "params.yaml"
    for path in ("/docs", "/openapi.json", "/monitoring", passwords, f"/gradio_api/file={params}"):
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(site.url + path)
        with error.value as answered:
            assert answered.code in (403, 404), path


def test_a_port_that_is_taken_is_one_sentence(site):
    with start(site.folder) as second:
        said = second.communicate()[1].strip().splitlines()[-1]
    assert second.returncode == 1
    assert said.startswith("error: port ") and "app.port" in said
