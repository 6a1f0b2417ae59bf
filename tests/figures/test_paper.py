"""Networks on paper: as large as the page allows, what is too small is said, with what would help."""

import pytest

from explorer.anatomy.of import anatomy_of
from explorer.errors import BadInput
from explorer.figures.detail import opened
from explorer.figures.diagram import to_dot
from explorer.figures.paper import LEAST_TYPE, advice, printed
from explorer.figures.svg import layout, scale_on
from explorer.networks.spec import parse_spec

FOLDED = ["cifar/plain-20", "cifar/basic-1202", "cifar/preact-110", "cifar/highway-32", "imagenet/vgg-16", "imagenet/basic-34",
          "imagenet/bottleneck-50", "imagenet/bottleneck-152"]


def anatomy_and_groups(network, detail="folded"):
    anatomy = anatomy_of(parse_spec(network))
    return anatomy, opened(anatomy, detail)


@pytest.mark.parametrize("page", ["A4 portrait", "A4 landscape", "Letter portrait", "16:9"])
@pytest.mark.parametrize("network", FOLDED, ids=lambda network: network.replace("/", " "))
def test_every_folded_network_can_be_read_on_one_page(network, page):
    found = printed(*anatomy_and_groups(network), page)
    assert found.is_legible and LEAST_TYPE <= found.type_size <= 13.5
    assert advice(*anatomy_and_groups(network), found) == ""


def test_no_other_number_of_columns_would_be_larger():
    anatomy, groups = anatomy_and_groups("imagenet/bottleneck-50")
    for page in ("A4 portrait", "A4 landscape"):
        scales = [scale_on(page, layout(to_dot(anatomy, groups, most_columns=most))) for most in range(1, 7)]
        assert printed(anatomy, groups, page).type_size == pytest.approx(9 * max(scales))
    assert printed(anatomy, groups, "A4 portrait").dot != printed(anatomy, groups, "A4 landscape").dot


def test_what_is_too_small_is_drawn_and_said():
    whole = anatomy_and_groups("imagenet/bottleneck-152", "blocks")
    found = printed(*whole, "A4 portrait")
    assert not found.is_legible and found.picture("pdf").startswith(b"%PDF-")
    assert advice(*whole, found) == (f"On A4 portrait the smallest type is {found.type_size:.1f} points high, which is hard "
                                     "to read: fold more, or take SVG or PDF as drawn.")


def test_the_other_way_round_is_advised_where_it_helps():
    wide = anatomy_and_groups("torchvision/vit_b_16", "blocks")
    portrait = printed(*wide, "A4 portrait")
    assert portrait.is_legible == (advice(*wide, portrait) == "")
    anatomy, groups = anatomy_and_groups("cifar/basic-56", "blocks")
    narrow = printed(anatomy, groups, "1:5")
    assert not narrow.is_legible and "On 1:5 the smallest type" in advice(anatomy, groups, narrow)


def test_as_drawn_is_the_source_of_the_page_itself_on_white():
    anatomy, groups = anatomy_and_groups("cifar/basic-20")
    found = printed(anatomy, groups)
    assert found.dot == to_dot(anatomy, groups) and found.is_legible and found.type_size == 9
    assert found.picture("dot") == found.dot.encode()
    assert b'fill="white"' in found.picture("svg")
    with pytest.raises(BadInput, match="there is no page A5"):
        printed(anatomy, groups, "A5")
