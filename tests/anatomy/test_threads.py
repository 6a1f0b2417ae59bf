"""Several sessions at once: every figure exact, and a training beside them undisturbed to the bit."""

import threading
import time

import torch

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.trace import trace
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.sgd import Sgd

# A pair for each of eight threads. The figures stand in test_exact_costs: parameters and MACs.
ANALYSED = [
    {"cifar/basic-56": (853_018, 125_485_696), "torchvision/resnet50": (25_557_032, 4_089_184_256)},
    {"cifar/plain-20": (269_722, 40_551_040), "torchvision/resnet18": (11_689_512, 1_814_073_344)},
    {"imagenet/vgg-16": (138_357_544, 15_470_264_320), "cifar/basic-20?shortcut=B": (272_474, None)},
    {"imagenet/basic-34": (21_797_672, 3_663_761_408), "torchvision/googlenet": (6_624_904, None)},
    {"cifar/basic-110": (1_727_962, 252_887_680), "torchvision/swin_t": (28_288_354, None)},
    {"imagenet/bottleneck-50?stride=3x3": (25_557_032, 4_089_184_256), "torchvision/mobilenet_v3_small": (2_542_856, None)},
    {"cifar/basic-32": (464_154, 68_862_592), "torchvision/densenet121": (7_978_856, None)},
    {"cifar/basic-44": (658_586, 97_174_144), "torchvision/vit_b_32": (88_224_232, None)},
]
STEPS = 12


def train() -> list[torch.Tensor]:
    """The weights of a small network with dropout after some steps, by torch's global generator."""
    torch.manual_seed(3)
    net = build(parse_spec("cifar/basic-8?width=8&dropout=0.2"), seed=3).train()
    sgd = Sgd(net.parameters(), weight_decay=1e-4)
    for _ in range(STEPS):
        images, labels = torch.randn(16, 3, 32, 32), torch.randint(10, (16,))
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(images)
        loss = torch.nn.functional.cross_entropy(logits.float(), labels)
        sgd.clear()
        loss.backward()
        sgd.step(0.05)
    return [tensor.clone() for tensor in (*net.state_dict().values(), loss.detach())]


def test_eight_threads_analyse_while_a_network_trains():
    texts = [text for pair in ANALYSED for text in pair]
    expected = {text: anatomy_of(parse_spec(text)) for text in texts}
    undisturbed = train()
    training_is_over = threading.Event()
    rounds, wrong = [0] * len(ANALYSED), []

    def analyse(number):
        try:
            while not training_is_over.is_set():
                for text, (params, macs) in ANALYSED[number].items():
                    spec = parse_spec(text)
                    found = trace(build(spec, meta=True), (spec.channels, spec.input, spec.input), spec.text, spec.title)
                    if found != expected[text] or found.params != params or macs not in (None, found.macs):
                        wrong.append(text)
                rounds[number] += 1
        except BaseException as error:  # an exception ends a thread without a word
            wrong.append(error)

    threads = [threading.Thread(target=analyse, args=(number,), daemon=True) for number in range(len(ANALYSED))]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 300
    while not all(rounds) and not wrong:
        assert time.monotonic() < deadline, f"after five minutes the threads are at {rounds} rounds"
        time.sleep(0.01)  # all threads are at it when the training begins
    before = list(rounds)
    disturbed = train()
    training_is_over.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert sum(rounds) > sum(before), "nobody analysed anything during the training: it shows nothing"
    assert all(torch.equal(a, b) for a, b in zip(undisturbed, disturbed, strict=True))
