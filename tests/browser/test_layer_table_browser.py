"""The layer table in a real Chromium: its tools, its keys, what it copies, and the address that keeps its view."""

import csv
import io
import re
from urllib.parse import parse_qs, quote, urlparse

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def open_table(page, serve):
    def open_table(network="cifar/basic-20", **query):
        asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in {"network": network, **query}.items())
        page.goto(f"{serve('layer_table_app.py')}/?{asked}")
        expect(page.locator("tbody tr").nth(1)).to_be_visible()
        return page

    return open_table


def names(page):
    return page.locator("thead th").all_inner_texts()


def lines(page):
    """The first cells of the rows in the document."""
    return page.locator("tbody tr[data-id] td:first-child").all_inner_texts()


def row(page, name):
    return page.locator(f'tr[data-row="{name}"]')


def group(page, name):
    return page.locator(f'tr[data-group="{name}"]')


def count(page):
    return page.locator(".count")


def menu(page, name):
    """The opened panel of the menu whose button begins with `name`."""
    made = page.locator("details.menu").filter(has=page.locator("summary", has_text=re.compile(f"^{name}")))
    if made.get_attribute("open") is None:
        made.locator("summary").click()
    return made.locator(".panel")


def wait_for_view(page, text):
    """Until the address holds this text of the table's view; None where it holds none."""
    page.wait_for_function("text => new URLSearchParams(location.search).get('table') === text", arg=text)


def asked(page, name):
    return parse_qs(urlparse(page.url).query).get(name, [None])[0]


def cell(page, line, column):
    return line.locator("td").nth(names(page).index(column))


def test_kinds_and_stages_filter_and_the_totals_follow(open_table):
    page = open_table()
    expect(count(page)).to_have_text("74 layers")
    menu(page, "Kind").get_by_label("conv").check()
    expect(count(page)).to_have_text("19 of 74 layers")
    wait_for_view(page, "kind.conv")
    menu(page, "Stage").get_by_label("layer1").check()
    wait_for_view(page, "kind.conv~stage.layer1")
    expect(count(page)).to_have_text("6 of 74 layers")
    assert lines(page) == [f"layer1.{block}.conv{number}" for block in range(3) for number in (1, 2)]
    foot = page.locator("tfoot tr")
    expect(cell(page, foot, "Layer")).to_have_text("Total of 6")
    expect(cell(page, foot, "Parameters")).to_have_text("13,824")  # 6 · 16 · 16 · 9
    expect(cell(page, foot, "MACs")).to_have_text("14,155,776")  # the same · 32 · 32
    page.get_by_role("button", name="Show all").click()
    expect(count(page)).to_have_text("74 layers")
    expect(cell(page, foot, "Parameters")).to_have_text("269,722")
    wait_for_view(page, None)


def test_words_filter_while_they_are_typed(open_table):
    page = open_table()
    search = page.get_by_label("Filter layers by text")
    search.press_sequentially("layer3 3x3", delay=20)
    expect(count(page)).to_have_text("6 of 74 layers")
    wait_for_view(page, "find.layer3%203x3")
    expect(search).to_have_value("layer3 3x3")
    search.fill("nothing like it")
    expect(page.locator("tbody .message")).to_have_text("No layer is like this")
    wait_for_view(page, "find.nothing%20like%20it")
    page.go_back()
    expect(search).to_have_value("layer3 3x3")
    expect(count(page)).to_have_text("6 of 74 layers")


def test_typing_goes_on_while_the_page_answers(open_table):
    page = open_table("imagenet/bottleneck-152")
    search = page.get_by_label("Filter layers by text")
    search.press_sequentially("layer3.12.conv", delay=170)
    expect(search).to_have_value("layer3.12.conv")
    wait_for_view(page, "find.layer3%2E12%2Econv")
    page.wait_for_timeout(800)
    expect(search).to_have_value("layer3.12.conv")
    expect(count(page)).to_have_text("3 of 516 layers")


def test_groups_show_their_sums_and_open(open_table):
    page = open_table()
    menu(page, "Group").get_by_label("By stage").check()
    wait_for_view(page, "by.stage")
    page.keyboard.press("Escape")
    assert lines(page) == ["input1", "stem3", "layer121", "layer223", "layer323", "head3"]
    stem = group(page, "stem")
    expect(cell(page, stem, "Parameters")).to_have_text("464")  # 3 · 16 · 9 and twice 16
    expect(cell(page, stem, "Receptive field")).to_have_text("max 3")
    stem.click()
    expect(stem).to_have_attribute("aria-expanded", "true")
    expect(row(page, "bn1")).to_be_visible()
    wait_for_view(page, "by.stage~flip.stem")
    page.get_by_role("button", name="Open all").click()
    wait_for_view(page, "by.stage.open")
    expect(row(page, "layer1.0.conv1")).to_be_visible()
    page.get_by_role("button", name="Fold all").click()
    expect(row(page, "layer1.0.conv1")).to_have_count(0)
    expect(page.get_by_role("treegrid")).to_have_count(1)


def test_columns_are_chosen_and_the_name_stays(open_table):
    page = open_table()
    assert "Jump" not in names(page)
    panel = menu(page, "Columns")
    panel.get_by_label("Jump").check()
    panel.get_by_label("Kernel").uncheck()
    wait_for_view(page, "show.jump~hide.kernel")
    assert "Jump" in names(page) and "Kernel" not in names(page) and names(page)[0] == "Layer"
    expect(cell(page, row(page, "layer1.0.conv1"), "Jump")).to_have_text("1")
    page.reload()
    expect(row(page, "conv1")).to_be_visible()
    assert "Jump" in names(page) and "Kernel" not in names(page)
    menu(page, "Columns").get_by_role("button", name="The usual columns").click()
    wait_for_view(page, None)
    assert "Jump" not in names(page) and "Kernel" in names(page)
    page.set_viewport_size({"width": 700, "height": 900})
    page.locator(".scroll").evaluate("one => one.scrollTo(400, 0)")
    left = page.locator(".scroll").bounding_box()["x"]
    assert row(page, "conv1").locator("td").first.bounding_box()["x"] == pytest.approx(left, abs=2)


def test_what_is_shown_is_copied_for_spreadsheets_and_as_markdown(open_table):
    page = open_table(table="kind.conv~by.stage~flip.stem~hide.kernel.output")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    menu(page, "Copy").get_by_role("button", name="spreadsheet").click()
    expect(page.locator(".note")).to_have_text("Copied 5 rows")
    table = list(csv.DictReader(io.StringIO(page.evaluate("navigator.clipboard.readText()")), delimiter="\t"))
    assert list(table[0]) == names(page)
    assert [line["Layer"] for line in table] == ["stem (1)", "conv1", "layer1 (6)", "layer2 (6)", "layer3 (6)", "Total of 19"]
    assert [int(line["Parameters"]) for line in table] == [432, 432, 13_824, 50_688, 202_752, 267_696]
    assert sum(int(line["MACs"]) for line in table[2:5]) + 442_368 == int(table[-1]["MACs"])
    assert float(table[1]["Parameters %"]) == pytest.approx(100 * 432 / 269_722, abs=1e-4)
    menu(page, "Copy").get_by_role("button", name="Markdown").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('|'))")
    text = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert text[1].startswith("| --- | --- | ---: |") and len(text) == 8
    assert text[2].startswith("| stem (1) |  | 432 | 0.2% | 442,368 |")


def test_control_c_copies_and_a_refusal_is_said(open_table):
    page = open_table(table="find.fc")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".scroll").focus()
    page.keyboard.press("Control+c")
    expect(page.locator(".note")).to_have_text("Copied 1 row")
    assert "\nfc\tlinear\t10\t" in page.evaluate("navigator.clipboard.readText()")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.keyboard.press("Control+c")
    expect(page.locator(".note")).to_have_text("The browser does not let this page copy")


def test_the_keyboard_walks_rows_and_groups(open_table):
    page = open_table(table="by.stage")
    page.locator(".scroll").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(group(page, "stem")).to_have_attribute("aria-expanded", "true")
    assert asked(page, "selected") is None
    page.keyboard.press("ArrowDown")
    page.wait_for_function("new URLSearchParams(location.search).get('selected') === 'conv1'")
    expect(row(page, "conv1")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    expect(group(page, "stem")).to_have_attribute("aria-expanded", "false")
    expect(group(page, "stem")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(row(page, "conv1")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    active = page.locator(".scroll").get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("data-group", "head")


def test_tools_are_reached_and_left_by_keyboard(open_table):
    page = open_table()
    page.get_by_label("Filter layers by text").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(count(page)).to_have_text("19 of 74 layers")
    wait_for_view(page, "kind.conv")
    expect(menu(page, "Kind").get_by_label("conv")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("details[open]")).to_have_count(0)
    expect(page.locator("summary", has_text="Kind")).to_be_focused()


def test_a_menu_closes_where_one_clicks_elsewhere(open_table):
    page = open_table()
    menu(page, "Kind")
    menu(page, "Stage")
    expect(page.locator("details[open]")).to_have_count(1)
    page.mouse.click(5, 800)
    expect(page.locator("details[open]")).to_have_count(0)


def test_order_is_in_the_address_and_goes_back(open_table):
    page = open_table()
    head = page.get_by_role("button", name="MACs", exact=True)
    head.click()
    wait_for_view(page, "sort.work.down")
    assert lines(page)[0] == "layer1.0.conv1"
    head.click()
    wait_for_view(page, "sort.work")
    head.click()
    wait_for_view(page, None)
    page.go_back()
    expect(page.locator('th[data-key="work"]')).to_have_attribute("aria-sort", "ascending")
    page.go_back()
    expect(page.locator('th[data-key="work"]')).to_have_attribute("aria-sort", "descending")


def test_a_page_that_answers_late_undoes_nothing(open_table):
    page = open_table("imagenet/bottleneck-152")
    panel = menu(page, "Kind")
    for kind in ("conv", "bn", "relu", "add", "linear"):
        panel.locator(f'input[value="{kind}"]').check()
    wait_for_view(page, "kind.conv.bn.relu.add.linear")
    page.wait_for_timeout(1000)
    assert panel.locator("input:checked").count() == 5
    assert asked(page, "table") == "kind.conv.bn.relu.add.linear"


def test_a_row_picked_and_a_view_changed_at_once_are_both_heard(open_table):
    page = open_table()
    row(page, "conv1").click()
    page.get_by_role("button", name="MACs", exact=True).click()
    wait_for_view(page, "sort.work.down")
    page.wait_for_function("new URLSearchParams(location.search).get('selected') === 'conv1'")


def test_a_selected_row_that_cannot_be_seen_is_accounted_for(open_table):
    page = open_table(selected="layer2.0.conv1", table="kind.bn")
    expect(page.locator(".note")).to_have_text("The selected layer is filtered out")
    page = open_table(selected="layer2.0.conv1", table="by.stage")
    expect(group(page, "layer2")).to_have_attribute("aria-selected", "true")
    expect(group(page, "layer1")).to_have_attribute("aria-selected", "false")


def test_a_damaged_view_is_read_as_far_as_it_goes_and_the_rest_is_said(open_table):
    page = open_table(table="kind.conv~sort.horses~kind.%E0")
    expect(count(page)).to_have_text("19 of 74 layers")
    expect(page.locator(".note")).to_contain_text("sort.horses")
    page = open_table(table="kind.unicorn")
    expect(count(page)).to_have_text("0 of 74 layers")
    expect(menu(page, "Kind").get_by_label("unicorn")).to_be_checked()
    page.get_by_role("button", name="Show all").click()
    expect(count(page)).to_have_text("74 layers")


def test_four_thousand_rows_are_in_the_document_a_screenful_at_a_time(open_table):
    page = open_table("cifar/basic-1202")
    expect(count(page)).to_have_text("4,211 layers")
    assert page.locator("tbody tr[data-id]").count() < 60
    page.locator(".scroll").evaluate("one => one.scrollTo(0, one.scrollHeight / 2)")
    expect(row(page, "layer2.99.conv1")).to_be_attached()
    assert page.locator("tbody tr[data-id]").count() < 60
    page.get_by_label("Filter layers by text").fill("head")
    expect(row(page, "fc")).to_be_in_viewport()
    page.get_by_role("button", name="Show all").click()
    page.locator(".scroll").focus()
    page.keyboard.press("End")
    expect(row(page, "fc")).to_be_in_viewport()
    menu(page, "Group").get_by_label("By block").check()
    expect(group(page, "head")).to_be_in_viewport()  # where the selected row is
    assert page.locator("tbody tr[data-id]").count() < 60


def test_bars_are_as_long_as_their_share_of_the_largest(open_table):
    page = open_table(table="kind.conv")
    width = "one => parseFloat(one.style.getPropertyValue('--percent'))"
    assert cell(page, row(page, "conv1"), "MACs %").evaluate(width) == pytest.approx(100 * 442_368 / 2_359_296)
    assert cell(page, row(page, "layer1.0.conv1"), "MACs %").evaluate(width) == pytest.approx(100)
