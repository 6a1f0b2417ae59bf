"""Pictures in, in a real browser: dropped on the page, pasted into it, picked from the gallery; broken ones are refused beside them."""

import base64
import io
import re

import pytest
from patience import PATIENCE
from PIL import Image, ImageDraw
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MODEL = "mnist-residual-20"
DROP = """([where, files]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  for (const [name, content] of files) dataTransfer.items.add(new File([bytes(content)], name, { type: "image/png" }));
  const target = document.querySelector(where);
  for (const kind of ["dragenter", "dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true, composed: true }));
  }
}"""
PASTE = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], name, { type: "image/png" }));
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""

BOTH = """(content) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
  clipboardData.setData("text/plain", "/home/me/pictures");
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true, composed: true });
  document.activeElement.dispatchEvent(event);
  return event.defaultPrevented;
}"""
DROP_FOLDER = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const file = new File([bytes], name, { type: "image/png" });
  const gone = (found, lost) => setTimeout(() => lost(new DOMException("gone", "NotFoundError")));
  let some = [
    { isFile: true, name: "gone.png", file: gone },
    { isDirectory: true, name: "locked", createReader: () => ({ readEntries: gone }) },
    { isFile: true, name, file: (found) => found(file) },
  ];
  const reader = { readEntries: (found) => { found(some); some = []; } };
  const folder = { isDirectory: true, name: "folder", createReader: () => reader };
  const dropped = new Event("drop", { bubbles: true, cancelable: true, composed: true });
  dropped.dataTransfer = { types: ["Files"], files: [], items: [{ webkitGetAsEntry: () => folder }] };
  document.body.dispatchEvent(dropped);
}"""


@pytest.fixture
def classify(patient, app_url):
    patient.goto(f"{app_url}/classify?model={MODEL}&sample=digit-7")
    expect(answer(patient)).to_have_text(re.compile("^7 · "), timeout=PATIENCE)  # the server's first import of torch
    patient.locator(".paste.listening").wait_for(state="attached")
    return patient


def answer(page):
    return page.get_by_role("heading", level=3).first


def drop(page, where, *files):
    page.evaluate(DROP, [where, [(name, base64.b64encode(content).decode()) for name, content in files]])


def paste(page, name, content):
    page.evaluate(PASTE, [name, base64.b64encode(content).decode()])


def gallery(page):
    return page.get_by_role("listbox", name="Your pictures").get_by_role("option")


def drawing(slant=0):
    """A one, drawn with a pen on a sheet of paper."""
    image = Image.new("RGB", (240, 320), (236, 232, 220))
    ImageDraw.Draw(image).line([(132 + slant, 60), (118, 250)], fill=(30, 40, 110), width=20)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_of_two_files_dropped_anywhere_one_is_broken_and_the_other_is_classified(classify):
    page = classify
    drop(page, "h1", ("broken.png", drawing()[:300]), ("one.png", drawing()))
    expect(answer(page)).to_have_text(re.compile("^1 · "))
    expect(page.get_by_role("alert")).to_contain_text("broken.png is damaged or incomplete and cannot be read")
    expect(page.get_by_text(re.compile("one.png, 240 x 320 pixels, PNG, "))).to_be_visible()
    page.wait_for_url(re.compile("source=upload"))
    # On the uploader itself a file is taken once, too.
    drop(page, '[data-testid="stFileUploaderDropzone"]', ("two.png", drawing(8)))
    expect(gallery(page)).to_have_count(2)
    expect(page.get_by_text(re.compile("two.png, 240 x 320"))).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_pasted_gets_a_name_and_is_picked_from_the_gallery(classify):
    page = classify
    for number, slant in ((1, 0), (2, 6)):
        paste(page, "image.png", drawing(slant))
        expect(page.get_by_text(re.compile(f"pasted-{number}.png, 240 x 320 pixels"))).to_be_visible()
    paste(page, "photo.png", drawing())
    expect(gallery(page)).to_have_count(3)
    expect(gallery(page).nth(2)).to_have_attribute("aria-selected", "true")
    gallery(page).first.click()
    expect(page.get_by_text(re.compile("pasted-1.png, 240 x 320 pixels"))).to_be_visible()
    # They outlive a look at something else.
    page.get_by_role("radio", name="Sample").click()
    expect(answer(page)).to_have_text(re.compile("^7 · "))
    page.get_by_role("radio", name="Upload").click()
    expect(gallery(page)).to_have_count(3)
    expect(answer(page)).to_have_text(re.compile("^1 · "))
    page.get_by_role("button", name="Remove all 3").click()
    expect(gallery(page)).to_have_count(0)
    expect(page.get_by_text("Until then, the sample: 7.")).to_be_visible()


def test_text_is_pasted_into_the_field_it_is_meant_for_whatever_picture_comes_with_it(classify):
    page = classify
    page.goto(f"{page.url}&view=many&pictures=folder")
    page.get_by_role("textbox", name="Folder or zip file").click()
    page.locator(".paste.listening").wait_for(state="attached")
    content = base64.b64encode(drawing()).decode()
    assert page.evaluate(BOTH, content) is False
    page.get_by_role("textbox", name="Folder or zip file").evaluate("field => field.blur()")
    assert page.evaluate(BOTH, content) is True
    expect(page.get_by_text("1 picture of your uploads.")).to_be_visible()
    page.wait_for_url(re.compile("pictures=uploads"))


def test_of_a_folder_what_cannot_be_read_is_told_and_the_rest_is_taken(classify):
    page = classify
    page.evaluate(DROP_FOLDER, ["one.png", base64.b64encode(drawing()).decode()])
    expect(page.get_by_text("The browser cannot read gone.png, locked.")).to_be_visible()
    expect(page.get_by_text(re.compile("one.png, 240 x 320 pixels"))).to_be_visible()


def test_files_over_the_page_are_seen_to_be_welcome(classify):
    page = classify
    page.evaluate("""() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["x"], "a.png"));
      const how = { dataTransfer, bubbles: true, cancelable: true };
      const over = (kind, more) => document.body.dispatchEvent(new DragEvent(kind, { ...how, ...more }));
      over("dragover");
      window.leave = () => over("dragleave", { relatedTarget: null });
    }""")
    expect(page.get_by_text("Drop pictures anywhere")).to_be_visible()
    page.evaluate("leave()")
    expect(page.get_by_text("Drop pictures anywhere")).to_be_hidden()


def test_an_ordinary_choice_of_files_takes_several(classify):
    page = classify
    page.get_by_role("radio", name="Upload").click()
    files = [{"name": f"{i}.png", "mimeType": "image/png", "buffer": drawing(i)} for i in range(3)]
    page.locator("input[type=file]").set_input_files([*files, {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"dear all"}])
    expect(gallery(page)).to_have_count(3)
    expect(page.get_by_role("alert")).to_contain_text("letter.txt is not a picture that can be read")
    page.get_by_role("button", name="Understood").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(gallery(page)).to_have_count(3)


def test_a_photograph_is_taken_kept_and_taken_back(classify):
    page = classify
    page.context.grant_permissions(["camera"])
    page.get_by_role("radio", name="Camera").click()
    expect(page.get_by_text("Until then, the sample: 7.")).to_be_visible()
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    page.get_by_role("button", name="Take Photo").click()
    taken = page.get_by_text(re.compile(r"photograph, \d+ x \d+ pixels, (JPEG|PNG), "))
    expect(taken).to_be_visible()
    page.get_by_role("radio", name="Sample").click()
    expect(taken).to_have_count(0)
    page.get_by_role("radio", name="Camera").click()
    expect(taken).to_be_visible()
    expect(page.get_by_role("img", name="The picture: photograph")).to_be_visible()
    page.get_by_role("button", name="Remove this").click()
    expect(page.get_by_text("Until then, the sample: 7.")).to_be_visible()
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    page.get_by_role("button", name="Take Photo").click()
    expect(taken).to_be_visible()
    page.get_by_role("button", name="Clear photo").click()
    expect(page.get_by_text("Until then, the sample: 7.")).to_be_visible()
