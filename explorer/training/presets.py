"""The ready-made experiments, each a question about depth and shortcuts. Imports no torch."""

from explorer.networks.spec import parse_spec
from explorer.training.questions import Arm, Comparison, Preset, planned
from explorer.training.recipe import Recipe

__all__ = ["PRESETS", "Preset", "planned"]


def _digits(kind: str, *options: str) -> str:
    """The text of a CIFAR net for 4,000 grey digits, half as wide as the paper's so that it trains in a minute."""
    return parse_spec("&".join([f"cifar/{kind}?width=8&channels=1", *options])).text


def _small_imagenet(kind: str, *options: str) -> str:
    """The text of an ImageNet net an eighth as wide, for the same digits: the stem leaves 8x8 pixels of 32x32."""
    return parse_spec("&".join([f"imagenet/{kind}?width=8&input=32&channels=1&classes=10", *options])).text


def _bare(kind: str) -> Arm:
    return Arm(_digits(kind, "norm=none"), "without BN", {"lr": 0.01})


PLAIN_56, PLAIN_44, PLAIN_32, PLAIN_20 = (Arm(_digits(f"plain-{depth}")) for depth in (56, 44, 32, 20))
RESIDUAL_56, RESIDUAL_44, RESIDUAL_32, RESIDUAL_20 = (Arm(_digits(f"basic-{depth}")) for depth in (56, 44, 32, 20))
LAYERS, SHORTCUTS = "the added layers", "shortcuts"
DEPTH_HURTS = {
    "worse": "Yes: the deeper plain net fits its own training images worse, although it could imitate the shallower one.",
    "better": "No: here the deeper plain net trains better.",
    "same": "Not visibly: here the deeper plain net trains about as well.",
}

DEGRADATION = Preset(
    "degradation",
    "The degradation problem",
    "The degradation problem: does depth hurt, and do shortcuts cure it?",
    "Plain and residual nets of 20 and 56 layers on 4,000 digits. The deeper plain net trains worse than the "
    "shallow one, although it could copy it; with shortcuts the deeper net trains as well or better.",
    (PLAIN_56, RESIDUAL_56, PLAIN_20, RESIDUAL_20),
    (
        Comparison("Plain-20", "Plain-56", LAYERS, paper="worse", here="worse"),
        Comparison("Plain-56", "Residual-56", SHORTCUTS, paper="better", here="better"),
        Comparison("Residual-20", "Residual-56", LAYERS, paper="better", here="same"),
    ),
    DEPTH_HURTS,
    "The deeper plain net has the higher training error throughout (Figures 1 and 6, CIFAR-10); with shortcuts the deeper "
    "net is the better one: 6.97% test error at 56 layers, 8.75% at 20 (Table 6).",
    minutes=1.5,
)

DEPTH = Preset(
    "depth",
    "Does depth hurt?",
    "Does depth hurt?",
    "Plain nets of 20, 32, 44 and 56 layers. Each could imitate the shallower ones by letting its extra layers do nothing. "
    "Look at the training error, thin: whatever rises there cannot be overfitting.",
    (PLAIN_56, PLAIN_44, PLAIN_32, PLAIN_20),
    (
        Comparison("Plain-20", "Plain-56", LAYERS, paper="worse", here="worse"),
        Comparison("Plain-20", "Plain-44", LAYERS, paper="worse", here="worse"),
        Comparison("Plain-20", "Plain-32", LAYERS, paper="worse", here="worse"),
    ),
    DEPTH_HURTS,
    "On CIFAR-10 the training error of plain nets rises with their depth, 20, 32, 44 and 56 layers; 110 layers stay above "
    "60% error (Section 4.2, Figure 6 left).",
    minutes=1.3,
)

CURE = Preset(
    "shortcuts",
    "Do shortcuts cure it?",
    "Do shortcuts cure it?",
    "Residual nets of 20, 32, 44 and 56 layers, and the shallowest and the deepest of them without their shortcuts. The "
    "two of one depth have the same layers, the same number of parameters and see the same batches.",
    (PLAIN_56, RESIDUAL_56, RESIDUAL_44, RESIDUAL_32, PLAIN_20, RESIDUAL_20),
    (
        Comparison("Plain-56", "Residual-56", SHORTCUTS, paper="better", here="better"),
        Comparison("Residual-20", "Residual-56", LAYERS, paper="better", here="same"),
        Comparison("Plain-20", "Residual-20", SHORTCUTS),
    ),
    {
        "better": "Yes: with shortcuts the deepest net trains clearly better than without.",
        "worse": "No: here the deepest net trains worse with shortcuts.",
        "same": "Not visibly: here the deepest net trains about as well without.",
    },
    "With identity shortcuts depth helps: 8.75, 7.51, 7.17 and 6.97% test error at 20, 32, 44 and 56 layers, and the "
    "training error falls with depth too (Section 4.2, Figure 6 middle, Table 6).",
    minutes=2,
)

OVERFITTING = Preset(
    "overfitting",
    "Is it overfitting?",
    "Is it overfitting?",
    "Overfitting would show as a low training error beside a high validation error, and would yield to dropout or to more "
    "weight decay. Look whether either brings the 56 layers to where the 20 are. (With dropout the training error is that "
    "of a network some of whose features are missing: its validation error counts all of them.)",
    (PLAIN_56, Arm(_digits("plain-56", "dropout=0.2"), "with dropout"),
     Arm(_digits("plain-56"), "with ten times the weight decay", {"weight_decay": 1e-3}), PLAIN_20),
    (
        Comparison("Plain-20", "Plain-56", LAYERS, paper="worse", here="worse"),
        Comparison("Plain-20", "Plain-56 with dropout", "the added layers and dropout", here="worse"),
        Comparison("Plain-20", "Plain-56 with ten times the weight decay", "the added layers and weight decay", here="worse"),
        Comparison("Plain-56", "Plain-56 with dropout", "dropout"),
        Comparison("Plain-56", "Plain-56 with ten times the weight decay", "weight decay"),
    ),
    {
        "worse": "No: the deeper net is worse on its own training images, where overfitting would make it better.",
        "better": "It could be: here the deeper net fits its training images better.",
        "same": "These runs cannot say: here both depths fit their training images about as well.",
    },
    "No: the deeper plain net has the higher training error as well as the higher test error (Section 1, Figure 1), and "
    "overfitting lowers the training error. The paper trains without dropout and tries no other weight decay.",
    minutes=1.3,
)  # fmt: skip

WHICH_SHORTCUT = Preset(
    "which-shortcut",
    "Which shortcut?",
    "Which shortcut: A, B or C?",
    "Where a stage halves the picture and doubles the channels, a shortcut cannot be the identity: A pads with zeros, B "
    "projects there by a 1×1 convolution, C projects everywhere. B and C have more parameters; look whether they earn them.",
    (Arm(_digits("basic-44", "shortcut=C"), "shortcut C"), Arm(_digits("basic-44", "shortcut=B"), "shortcut B"),
     Arm(_digits("basic-44"), "shortcut A"), PLAIN_44),
    (
        Comparison("Residual-44 shortcut A", "Residual-44 shortcut B", "projections where the size changes", paper="same", here="same"),
        Comparison("Residual-44 shortcut A", "Residual-44 shortcut C", "projections everywhere", paper="same", here="worse"),
        Comparison("Plain-44", "Residual-44 shortcut A", "shortcuts without parameters", paper="better", here="better"),
    ),
    {
        "same": "A will do: without parameters it trains about as well as B.",
        "better": "B: here its projections train better than A's zeros.",
        "worse": "A: here B's projections train worse than its zeros.",
    },
    "All three are much better than plain, and the small differences between them show that projections are not essential: "
    "ResNet-34 on ImageNet has 25.03% (A), 24.52% (B) and 24.19% (C) top-1 error, plain-34 28.54% (Section 4.1, Table 3).",
    minutes=2,
)  # fmt: skip

NORMALISATION = Preset(
    "normalisation",
    "Is it batch norm?",
    "Is it batch normalisation?",
    "Nets with and without batch normalisation. If it were to blame, shortcuts would have nothing to cure in nets without it. "
    "These train at a fifth of the learning rate: at the others', none of them learns. Even so a net may stay where guessing "
    "is, 90% error with ten classes, or its loss may stop being a number. Both are said, and neither is a cure.",
    (PLAIN_56, _bare("plain-56"), _bare("basic-56"), PLAIN_20, _bare("plain-20"), _bare("basic-20")),
    (
        Comparison("Plain-20 without BN", "Residual-20 without BN", SHORTCUTS, here="better"),
        Comparison("Plain-20", "Plain-56", LAYERS, paper="worse", here="worse"),
        Comparison("Plain-20", "Plain-20 without BN", "doing without batch normalisation", here="worse"),
        Comparison("Plain-20 without BN", "Plain-56 without BN", LAYERS),
        Comparison("Residual-20 without BN", "Residual-56 without BN", LAYERS),
    ),
    {
        "better": "Not by itself: without it too, a plain net trains worse than the residual one of its depth.",
        "worse": "It could be: without it, a plain net trains better than the residual one of its depth.",
        "same": "These runs cannot say: without it, plain and residual nets train about as well.",
    },
    "Its plain nets degrade with batch normalisation, which keeps the forward signals' variance from zero, and the backward "
    "gradients have healthy norms: it thinks vanishing gradients unlikely (Section 4.1). It trains none without.",
    minutes=1.6,
)

GATES = Preset(
    "gates",
    "Gates?",
    "Are gates as good as identities?",
    "Highway nets carry their input past a layer through a gate, which is learned, has parameters and can close; residual "
    "shortcuts are always open. Look at what 32 layers have over 20 in each family.",
    (Arm(_digits("highway-32")), RESIDUAL_32, Arm(_digits("highway-20")), RESIDUAL_20),
    (
        Comparison("Residual-32", "Highway-32", "a gate in place of the identity", paper="worse", here="worse"),
        Comparison("Residual-20", "Highway-20", "a gate in place of the identity", here="worse"),
        Comparison("Highway-20", "Highway-32", LAYERS, paper="worse"),
        Comparison("Residual-20", "Residual-32", LAYERS, paper="better"),
    ),
    {
        "worse": "No: in so short a training the gated net comes less far.",
        "better": "Yes: here the gated net trains even better.",
        "same": "Yes: here the gated net trains about as well.",
    },
    "Highway nets as published have 7.54% test error at 19 layers and 8.80% at 32, residual nets 8.75% at 20 and 7.51% at 32 "
    "(Table 6, other widths than these); highway nets have shown no gain at over 100 layers (Section 2).",
    minutes=1.7,
)

VERY_DEEP = Preset(
    "very-deep",
    "Over 100 layers?",
    "Do 110 layers train, and do they need a warm-up?",
    "A residual net of 110 layers at the paper's learning rate of 0.1, from the start or after 30 steps at a tenth of it. "
    "Look at when each of them begins to learn, and then at where they end: four epochs leave little time to catch up.",
    (Arm(_digits("basic-110"), "with warm-up", {"warmup": "constant", "warmup_steps": 30}), Arm(_digits("basic-110"), "without warm-up")),
    (Comparison("Residual-110 without warm-up", "Residual-110 with warm-up", "the warm-up", paper="same", here="better"),),
    {
        "better": "A warm-up helps: without it, 110 layers come less far in this time.",
        "worse": "They do without: here the warm-up cost more than it gave.",
        "same": "They do without: here the warm-up makes no clear difference.",
    },
    "110 layers train well, to 6.43% test error, the best of six (6.61 ± 0.16). 0.1 is slightly too large a learning rate to "
    "start with, so it begins at 0.01 until the training error is below 80%, about 400 iterations; without that it "
    "starts later and comes to similar accuracy (Section 4.2, footnote 5).",
    Recipe(lr=0.1, warmup_steps=0),
    minutes=3,
)

IMAGENET = Preset(
    "imagenet-depth",
    "ImageNet's 18 and 34",
    "ImageNet's 18 and 34 layers: the paper's Figure 4",
    "The paper's ImageNet nets, an eighth as wide and on digits: plain on the left of its Figure 4, residual with "
    "parameter-free shortcuts (A) on the right. Look at which of the two depths is below the other on each side.",
    (Arm(_small_imagenet("plain-34")), Arm(_small_imagenet("basic-34", "shortcut=A")),
     Arm(_small_imagenet("plain-18")), Arm(_small_imagenet("basic-18", "shortcut=A"))),
    (
        Comparison("Plain-18", "Plain-34", LAYERS, paper="worse", here="worse"),
        Comparison("ResNet-18", "ResNet-34", LAYERS, paper="better"),
        Comparison("Plain-34", "ResNet-34", SHORTCUTS, paper="better", here="better"),
    ),
    DEPTH_HURTS,
    "Plain-34 has a higher training error than plain-18 throughout, and 28.54% against 27.94% validation error; with shortcuts "
    "the order turns round, 25.03% at 34 layers against 27.88% at 18 (Section 4.1, Figure 4, Table 2, 10 crops).",
    minutes=0.4,
)  # fmt: skip

CIFAR10 = Preset(
    "cifar10",
    "The paper's CIFAR-10",
    "The paper's CIFAR-10 experiment: does depth hurt, and do shortcuts cure it?",
    "Plain and residual nets of 20 and 56 layers with the paper's recipe: 64k steps of 128 images, learning rate "
    "0.1 divided by 10 at 32k and 48k, crop and flip. Hours on a GPU, days on a CPU.",
    (Arm("cifar/plain-56"), Arm("cifar/basic-56"), Arm("cifar/plain-20"), Arm("cifar/basic-20")),
    (
        Comparison("Plain-20", "Plain-56", LAYERS, paper="worse"),
        Comparison("Plain-56", "Residual-56", SHORTCUTS, paper="better"),
        Comparison("Residual-20", "Residual-56", LAYERS, paper="better"),
    ),
    DEPTH_HURTS,
    DEGRADATION.paper,
    Recipe(dataset="cifar10", epochs=164, batch=128, lr=0.1, warmup_steps=0, schedule="steps",
           augment="crop-flip", probe_every=100),
)  # fmt: skip

PRESETS = {
    preset.name: preset
    for preset in (DEGRADATION, DEPTH, CURE, OVERFITTING, WHICH_SHORTCUT, NORMALISATION, GATES, VERY_DEEP, IMAGENET, CIFAR10)
}
