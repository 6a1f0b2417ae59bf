"""The data sets networks are usually trained on: names of their classes, statistics of their pixels. Imports no torch.

Means and standard deviations are a channel's, over all pixels of the training images, of values from 0 to 1.
"""

from typing import NamedTuple

DIGITS = tuple("0123456789")
# The data sets of them: all of MNIST, and the part of it that is shipped.
DIGIT_SETS = ("mnist", "mnist-5k")
# In the order of the labels, as in batches.meta of the archive (Krizhevsky 2009, cs.toronto.edu/~kriz/cifar.html).
CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
# The fine labels, as in the archive's meta, with spaces.
CIFAR100_CLASSES = tuple(
    name.replace("_", " ")
    for name in """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
    caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish
    forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle
    mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine
    possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
    sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle wardrobe whale
    willow_tree wolf woman worm""".split()
)
# In the order of the labels (Xiao, Rasul and Vollgraf 2017, 1708.07747), as torchvision names them.
FASHION_CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
# Imagenette's class folders are WordNet's numbers, here with torchvision's first name for each.
IMAGENETTE_CLASSES = {
    "n01440764": "tench",
    "n02102040": "English springer",
    "n02979186": "cassette player",
    "n03000684": "chain saw",
    "n03028079": "church",
    "n03394916": "French horn",
    "n03417042": "garbage truck",
    "n03425413": "gas pump",
    "n03445777": "golf ball",
    "n03888257": "parachute",
}
IMAGENET_CLASS_COUNT = 1000


class Statistics(NamedTuple):
    """Mean and standard deviation, one number a channel."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


# Of the 60,000 MNIST training images of 28 x 28 pixels, unpadded, as in PyTorch's MNIST example.
MNIST_STATISTICS = Statistics((0.1307,), (0.3081,))
# Published: of the 60,000 training images of 28 x 28 pixels, unpadded, as for MNIST.
FASHION_STATISTICS = Statistics((0.2860,), (0.3530,))
# Measured on the 50,000 training images; the often copied deviations of .2023, .1994, .2010 are wrong.
CIFAR10_STATISTICS = Statistics((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))
# Published, of the 50,000 training images: .50707516, .48654887, .44091784 and .26733429, .25643847, .27615047. The often
# copied deviations of .2009, .1984, .2023 are, as CIFAR-10's, means over each image's own deviation.
CIFAR100_STATISTICS = Statistics((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762))
# Published, of the 73,257 training images: .43768211, .44376970, .47280442 and .19803012, .20101562, .19703614.
SVHN_STATISTICS = Statistics((0.4377, 0.4438, 0.4728), (0.1980, 0.2010, 0.1970))
# What torchvision's published weights were trained with (torchvision.transforms._presets.ImageClassification).
IMAGENET_STATISTICS = Statistics((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
