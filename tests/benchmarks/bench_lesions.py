"""What a lesion costs: judged from the last kept signal on, over one pass of the whole network (both on one thread, 500 pictures).

Processor seconds, so that other work on the machine counts for neither. Prints too what each residual network's removals do.
"""

import time

import torch

from explorer.lab.lesions import BATCH, Examination, one_at_a_time
from explorer.lab.trained import validation
from explorer.machine.device import use_one_thread
from explorer.signals.lesions import Lesion
from explorer.signals.paths import by_path_length
from explorer.vision.models import open_model

MODELS = ("mnist-residual-20", "mnist-plain-20", "mnist-residual-56")
PICTURES, PATH_PICTURES = 500, 64


def seconds(call) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def main() -> None:
    use_one_thread()
    for name in MODELS:
        loaded = open_model(name)
        shown = validation(loaded, "mnist-5k", PICTURES)
        images = shown.images.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            loaded.net(images[:BATCH])
            whole = min(seconds(lambda: [loaded.net(some) for some in images.split(BATCH)]) for _ in range(3))
        first = seconds(lambda: Examination(loaded.net, shown.images, shown.labels))
        examination = Examination(loaded.net, shown.images, shown.labels)
        lesions = one_at_a_time(examination.blocks)
        errors = []
        each = seconds(lambda: errors.extend(examination.judge(lesion).error for lesion in lesions)) / len(lesions)
        intact = seconds(lambda: examination.judge(Lesion()))
        print(f"{name}: a pass {whole:.2f} s; ready after {first / whole:.2f} passes; a block removed {each / whole:.2f} passes on average, "
              f"the intact net again {intact / whole:.2f}")  # fmt: skip
        print(f"  error {examination.intact.error:.1%} whole; each removed: {', '.join(f'{error:.1%}' for error in errors)}")
        if "residual" in name:
            spent = seconds(lambda: list(by_path_length(loaded.net, shown.images[:PATH_PICTURES], shown.labels[:PATH_PICTURES])))
            print(f"  gradients by path length, {PATH_PICTURES} pictures: {spent:.1f} s")


if __name__ == "__main__":
    main()
