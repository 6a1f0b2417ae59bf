"""Weights fetched in the background from a publisher on this machine: whole, wrong, broken off, cancelled, and not reached."""

import hashlib
import io
import threading
import time
from dataclasses import replace

import pytest
import torch
from weights_server import PIECE, weights_server

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.vision import akamaster
from explorer.vision.fetching import ABSENT, DONE, FAILED, PAUSED, RUNNING, Fetch, cancel, discard, start, state
from explorer.vision.model import weights_folder
from explorer.vision.models import find_model, list_models, open_model

NAME, FILE = "akamaster/resnet20", "resnet20-12fca82f.th"


@pytest.fixture(scope="module")
def body():
    """First weights of a residual-20, as akamaster saves them: under state_dict, names beginning with `module.`."""
    saved = io.BytesIO()
    own = build(parse_spec("cifar/basic-20")).state_dict()
    state_dict = {f"module.{name}".replace("fc.", "linear."): tensor for name, tensor in own.items()}
    torch.save({"state_dict": state_dict, "best_prec1": 10.0}, saved)
    return saved.getvalue()


@pytest.fixture
def server(body, monkeypatch):
    """Has that file in the place of akamaster's, with its checksum."""
    known = replace(akamaster.AKAMASTER[0], sha256=hashlib.sha256(body).hexdigest(), bytes=len(body))
    monkeypatch.setattr(akamaster, "AKAMASTER", (known, *akamaster.AKAMASTER[1:]))
    with weights_server(monkeypatch, **{FILE: body}) as server:
        yield server


def until(is_so, seconds=30):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


def ended(model):
    until(lambda: state(model).state != RUNNING)
    return state(model)


def left_behind():
    return [file.name for file in weights_folder().glob("[!.]*")] if weights_folder().is_dir() else []


def test_fetched_whole_and_then_at_hand(server, body):
    model = find_model(NAME)
    assert not model.at_hand and model.title.endswith(" · 1 MB to download")
    assert (state(model).state, state(model).received, state(model).total) == (ABSENT, 0, len(body))
    start(model)
    assert ended(model).state == DONE and state(model).share == 1
    assert left_behind() == [FILE] and find_model(NAME).at_hand and find_model(NAME).title == "Residual-20 on CIFAR-10, akamaster"
    loaded = open_model(NAME)
    assert loaded.preparation.mean == (0.485, 0.456, 0.406) and loaded.classes[3] == "cat"
    assert start(model).state == DONE and server.asked == [(FILE, None)]


def test_a_wrong_checksum_leaves_nothing_behind(server, body):
    server.files[FILE] = body[:-1] + b"?"
    model = find_model(NAME)
    start(model)
    found = ended(model)
    assert found.state == FAILED and "is not the file that was expected (its sha256 begins with" in found.problem
    assert left_behind() == [] and not find_model(NAME).at_hand
    server.files[FILE] = body
    start(model)
    assert ended(model).state == DONE


def test_a_cut_connection_goes_on_where_it_ended(server, body):
    half = len(body) // 2
    server.breaks = [half, 0]
    model = find_model(NAME)
    start(model)
    found = ended(model)
    assert (found.state, found.received, found.total) == (FAILED, half, len(body)) and "it goes on from there" in found.problem
    server.asked.clear()
    start(model)
    assert ended(model).state == DONE and server.asked == [(FILE, f"bytes={half}-")]
    assert model.file.read_bytes() == body


def test_cancelled_and_taken_up_again(server, body):
    server.gate = threading.Semaphore(4)
    model = find_model(NAME)
    assert start(model).state == RUNNING
    until(lambda: state(model).received > 0)
    assert start(model).state == RUNNING, "a second session joins the first"
    assert cancel(model).state == PAUSED
    server.gate.release(4)  # at the next piece the thread hears of it
    until(lambda: not any(thread.name == f"fetch {NAME}" for thread in threading.enumerate()))
    kept = state(model)
    assert kept.state == PAUSED and 0 < kept.received <= 8 * PIECE and not find_model(NAME).at_hand
    assert len(server.asked) == 1
    server.gate.release(1000)
    assert start(model).received >= kept.received
    assert ended(model).state == DONE and server.asked[1] == (FILE, f"bytes={kept.received}-")
    assert model.file.read_bytes() == body


def test_taken_up_while_the_cancelled_one_is_still_ending(server, body):
    server.gate = threading.Semaphore(1)
    model = find_model(NAME)
    start(model)
    until(lambda: server.asked)
    cancel(model)
    assert start(model).state == RUNNING
    server.gate.release(1000)
    assert ended(model).state == DONE and model.file.read_bytes() == body


def test_a_cancelled_one_can_be_discarded(server):
    server.breaks = [100_000, 0]
    model = find_model(NAME)
    start(model)
    assert ended(model).received == 100_000
    assert discard(model).state == ABSENT and left_behind() == []
    assert cancel(model).state == ABSENT


@pytest.mark.parametrize("then", ["nothing", "started again"])
def test_one_discarded_while_it_connects_leaves_nothing_behind(server, body, then):
    server.late, server.gate = threading.Event(), threading.Semaphore(1)
    model = find_model(NAME)
    start(model)
    until(lambda: server.asked)
    assert discard(model).state == ABSENT
    if then == "started again":
        start(model)
    server.late.set()
    server.gate.release(1000)
    until(lambda: not any(thread.name == f"fetch {NAME}" for thread in threading.enumerate()))
    if then == "nothing":
        assert state(model) == Fetch(ABSENT, 0, len(body)) and left_behind() == []
    else:
        assert state(model).state == DONE and model.file.read_bytes() == body


def test_without_a_network_it_says_so_and_the_list_what_can_be_used(server):
    server.shutdown()
    server.server_close()
    model = find_model(NAME)
    start(model)
    found = ended(model)
    assert found.state == FAILED and "cannot be reached" in found.problem and "is this machine online?" in found.problem
    assert left_behind() == []
    at_hand = {model.kind for model in list_models() if model.at_hand}
    assert at_hand == {"shipped"}


def test_a_publisher_without_the_file(server):
    del server.files[FILE]
    model = find_model(NAME)
    start(model)
    assert "answers 404" in ended(model).problem


def test_ten_sessions_fetch_it_once(server):
    model = find_model(NAME)
    sessions = [threading.Thread(target=start, args=(model,)) for _ in range(10)]
    for session in sessions:
        session.start()
    for session in sessions:
        session.join()
    assert ended(model).state == DONE and len(server.asked) == 1


def test_what_needs_no_download_is_done():
    assert state(find_model("mnist-residual-20")).state == DONE and start(find_model("mnist-residual-20")).state == DONE
