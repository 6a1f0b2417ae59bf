"""Many pictures and their explanations: what each costs, as a ratio to the plain way of the same run; seconds beside it.

- Layout and precision: a pass of a batch in float32 as torch lays it out, over one channels last, in bfloat16, and in both.
- 500 small pictures from their files to their answers, as the page takes them; over one after the other in float32.
- Grad-CAM over a forward and backward pass of the same network (target: at most 2), and occlusion over as many passes as it has parts.

A ResNet-50 has first weights: nothing here depends on what it learnt. All on one thread, in processor seconds, so that other work on
the machine counts for neither; but the 500 pictures take all cores, and their seconds are those of a clock.
"""

import itertools
import time

import numpy as np
import torch

from explorer.machine.device import use_one_thread
from explorer.machine.hardware import cores
from explorer.networks.build import build
from explorer.networks.known_data import IMAGENET_STATISTICS
from explorer.networks.spec import parse_spec
from explorer.vision.classify import classify, normalised
from explorer.vision.explain.gradcam import grad_cam
from explorer.vision.explain.occlusion import Window, occlusion
from explorer.vision.held_out import held_out
from explorer.vision.labels import class_names
from explorer.vision.loading import LoadedModel
from explorer.vision.many import Phases, answers
from explorer.vision.model import Model
from explorer.vision.models import open_model
from explorer.vision.picture import open_picture
from explorer.vision.prepare import Preparation
from explorer.vision.quick import precision

PICTURES = 500
BATCHES = {"cifar/basic-20": 32, "cifar/basic-56": 32, "imagenet/bottleneck-50?stride=3x3": 8}
ROUNDS = 5


def best(call, rounds: int = ROUNDS, clock=time.process_time) -> float:
    """The least seconds of some rounds, after one that warms up."""
    call()
    times = []
    for _ in range(rounds):
        began = clock()
        call()
        times.append(clock() - began)
    return min(times)


def fresh(text: str) -> LoadedModel:
    """A network with first weights, as if it were trained on photographs."""
    spec = parse_spec(text)
    net = build(spec).to(memory_format=torch.channels_last).eval().requires_grad_(False)
    preparation = Preparation(spec.input, round(spec.input * 8 / 7), 3, *IMAGENET_STATISTICS)
    model = Model(text, spec.title, "file", spec, None, {})
    return LoadedModel(model, net, preparation, class_names(spec.classes, False), torch.device("cpu"))


def layouts_and_precisions() -> None:
    print("A picture's forward pass in a batch, one thread: float32, then x as fast")
    for text, batch in BATCHES.items():
        net, spec = build(parse_spec(text)).eval(), parse_spec(text)
        images = torch.rand(batch, 3, spec.input, spec.input)
        seconds = {}
        for last, half in itertools.product((False, True), repeat=2):
            laid = images.contiguous(memory_format=torch.channels_last) if last else images
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half):
                seconds[last, half] = best(lambda laid=laid, net=net: net(laid)) / batch
        plain = seconds[False, False]
        print(f"  {text}, batches of {batch}: {1000 * plain:.2f} ms; channels last {plain / seconds[True, False]:.2f}, "
              f"bfloat16 {plain / seconds[False, True]:.2f}, both {plain / seconds[True, True]:.2f}")  # fmt: skip


def many_pictures() -> None:
    print(f"{PICTURES} small pictures from files to answers, {cores()} cores (target 10 s)")
    for models, dataset in (
        ([open_model("mnist-residual-20")], "mnist-5k"),
        ([open_model("cifar10-residual-20")], "shapes"),
        ([open_model("cifar10-residual-20"), open_model("cifar10-plain-20")], "shapes"),
        ([fresh("imagenet/bottleneck-50?stride=3x3")], "shapes"),
    ):
        sources, rounds = held_out(dataset, PICTURES), 3 if models[0].preparation.size <= 64 else 1
        phases: list[Phases] = []

        def together(models=models, sources=sources, phases=phases) -> None:
            phases.append(sum((batch.phases for batch in answers(models, sources)), Phases()))

        few = sources[:: 1 if rounds > 1 else 25]
        clock, spent = best(together, rounds, time.perf_counter), best(together, rounds)
        alone = best(lambda f=few, m=models: [classify(each, open_picture(one.read())) for one in f for each in m], 1)
        last = phases[-1]
        names = " + ".join(model.model.id for model in models)
        print(f"  {names}, {precision(models[0])}: {clock:.2f} s, {len(sources) / clock:.0f} a second; {spent:.2f} processor "
              f"seconds, {alone * len(sources) / len(few) / spent:.1f} x fewer than one by one; threads' seconds: "
              f"decode {last.decode:.2f}, prepare {last.prepare:.2f}, network {last.network:.2f}")  # fmt: skip


def explanations() -> None:
    print("Explanations of one picture, one thread")
    for model, side in ((open_model("cifar10-residual-20"), 8), (fresh("imagenet/bottleneck-50?stride=3x3"), 56)):
        size = model.preparation.size
        pixels = np.random.default_rng(0).integers(0, 256, (3, size, size), np.uint8)
        inputs = normalised(model, pixels[None]).requires_grad_(True)

        def both_ways(model=model, inputs=inputs) -> None:
            inputs.grad = None
            model.net(inputs)[0].max().backward()

        stage = [name for name, _ in model.net.named_children() if name.startswith("layer")][-1]
        window = Window(side, side // 2)
        reference = best(both_ways)
        with torch.inference_mode():
            forward = best(lambda m=model, x=inputs: m.net(x))
        cam = best(lambda m=model, p=pixels, s=stage: grad_cam(m, p, s))
        covered = best(lambda m=model, p=pixels, w=window: occlusion(m, p, w), 2)
        parts = window.places(size)
        print(f"  {model.model.id}: forward and backward {1000 * reference:.1f} ms; Grad-CAM at {stage} {cam / reference:.2f} x "
              f"(target 2), {1000 * cam:.1f} ms; occlusion of {parts} parts {covered / (parts * forward):.2f} x as many forward passes, "
              f"{covered:.2f} s")  # fmt: skip


def main() -> None:
    use_one_thread()
    layouts_and_precisions()
    many_pictures()
    explanations()


if __name__ == "__main__":
    main()
