"""The usual public CIFAR training loop: PIL transforms, a DataLoader, float32, NCHW, `.item()` every step.

The reference that bench_training.py holds the project's loop against: the same network, images, batch size and
optimiser, written as tutorials and the well-known CIFAR repositories write it.
"""

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

from explorer.data.images import ImageData
from explorer.networks.torchvision_models import torchvision


class Pictures(Dataset):
    """One PIL picture at a time, transformed when it is asked for, as torchvision's data sets do."""

    def __init__(self, data: ImageData, transform):
        self.images = data.train_images.numpy().transpose(0, 2, 3, 1)
        self.labels = data.train_labels.tolist()
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


class UsualLoop:
    """Trains step by step; `losses` and `errors` are read every step, as progress bars want them."""

    def __init__(self, net: nn.Module, data: ImageData, batch: int, lr: float = 0.1):
        transforms = torchvision().transforms
        size = data.train_images.shape[-1]
        transform = transforms.Compose([
            transforms.RandomCrop(size, padding=4),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize(data.mean, data.std),
        ])
        self.net = net.train()
        self.loader = DataLoader(Pictures(data, transform), batch_size=batch, shuffle=True, drop_last=True)
        self.batches = iter(())
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9, weight_decay=1e-4)
        self.losses, self.errors = [], []

    def step(self) -> None:
        images, labels = self._next_batch()
        output = self.net(images)
        loss = self.criterion(output, labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.losses.append(loss.item())
        self.errors.append((output.argmax(1) != labels).float().mean().item())

    def _next_batch(self):
        try:
            return next(self.batches)
        except StopIteration:
            self.batches = iter(self.loader)
            return next(self.batches)
