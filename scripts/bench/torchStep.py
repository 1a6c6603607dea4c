"""Times a whole training step of SlowFast 18 in plain PyTorch, on as many threads as the machine has cores.

python torchStep.py WIDTH BETA_INV CLASSES DROPOUT BATCH FRAMES SIZE REPEATS   (needs torch 2)
Prints JSON: seconds of every step in either memory format, and the trained values that the network has.
"""

import json
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

ALPHA = 4
BLOCKS = (2, 2, 2, 2)
KERNELS = ((1, (1, 1, 3, 3)), (5, (3, 3, 3, 3)))


class Unit(nn.Module):
    def __init__(self, size_in, size_out, kernel, stride=(1, 1, 1)):
        super().__init__()
        self.conv = nn.Conv3d(size_in, size_out, kernel, stride, [side // 2 for side in kernel], bias=False)
        self.bn = nn.BatchNorm3d(size_out)

    def forward(self, x):
        return self.bn(self.conv(x))


class Block(nn.Module):
    def __init__(self, size_in, inner, temporal, stride):
        super().__init__()
        strides = (1, stride, stride)
        self.branch1 = Unit(size_in, 4 * inner, (1, 1, 1), strides) if size_in != 4 * inner or stride > 1 else None
        self.a = Unit(size_in, inner, (temporal, 1, 1))
        self.b = Unit(inner, inner, (1, 3, 3), strides)
        self.c = Unit(inner, 4 * inner, (1, 1, 1))

    def forward(self, x):
        y = F.relu(self.a(x), inplace=True)
        y = F.relu(self.b(y), inplace=True)
        y = self.c(y)
        return F.relu_(y + (self.branch1(x) if self.branch1 else x))


class SlowFast(nn.Module):
    def __init__(self, width, beta_inv, classes, dropout):
        super().__init__()
        widths = (width, width // beta_inv)
        self.dropout = dropout
        self.stems = nn.ModuleList(Unit(3, w, (KERNELS[i][0], 7, 7), (1, 2, 2)) for i, w in enumerate(widths))
        self.stages = nn.ModuleList(
            nn.ModuleList(
                nn.Sequential(*(
                    Block(self.size_in(widths, i, stage, block), w * 2**stage, KERNELS[i][1][stage],
                          2 if stage > 0 and block == 0 else 1)
                    for block in range(BLOCKS[stage])
                ))
                for i, w in enumerate(widths)
            )
            for stage in range(4)
        )
        self.laterals = nn.ModuleList(
            Unit(times * widths[1], 2 * times * widths[1], (7, 1, 1), (ALPHA, 1, 1)) for times in (1, 4, 8, 16)
        )
        self.head = nn.Linear(32 * sum(widths), classes)

    @staticmethod
    def size_in(widths, pathway, stage, block):
        inner = widths[pathway] * 2**stage
        if block > 0:
            return 4 * inner
        other = 2 * widths[1] if pathway == 0 else 0
        return widths[pathway] + other if stage == 0 else 2 * inner + 2 * other * 2**stage

    def forward(self, clips):
        frames = torch.linspace(0, clips.shape[2] - 1, max(1, clips.shape[2] // ALPHA)).long()
        pathways = [clips.index_select(2, frames), clips]
        for i, stem in enumerate(self.stems):
            pathways[i] = F.max_pool3d(F.relu(stem(pathways[i])), (1, 3, 3), (1, 2, 2), (0, 1, 1))
        for lateral, stage in zip(self.laterals, self.stages):
            pathways[0] = torch.cat([pathways[0], F.relu(lateral(pathways[1]))], 1)
            pathways = [lane(value) for lane, value in zip(stage, pathways)]
        features = torch.cat([value.mean((2, 3, 4)) for value in pathways], 1)
        return self.head(F.dropout(features, self.dropout))


def seconds_of(network, shape, repeats, memory_format):
    batch, frames, size = shape
    network = network.to(memory_format=memory_format).train()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.0, momentum=0.9, nesterov=True, weight_decay=1e-4)
    pixels = torch.randint(0, 256, (batch, frames, size, size, 3), dtype=torch.uint8)
    labels = torch.zeros(batch, dtype=torch.long)
    times = []
    for _ in range(repeats + 2):
        began = time.perf_counter()
        clips = pixels.float().mul_(1 / (255 * 0.225)).sub_(0.45 / 0.225).permute(0, 4, 1, 2, 3)
        optimiser.zero_grad()
        loss = F.cross_entropy(network(clips.contiguous(memory_format=memory_format)), labels)
        loss.backward()
        optimiser.step()
        loss.item()
        times.append(time.perf_counter() - began)
    return times[2:]


def main(width, beta_inv, classes, dropout, *rest):
    *shape, repeats = map(int, rest)
    threads = os.cpu_count()
    torch.set_num_threads(threads)
    network = SlowFast(int(width), int(beta_inv), int(classes), float(dropout))
    formats = {"contiguous": torch.contiguous_format, "channelsLast": torch.channels_last_3d}
    print(json.dumps({
        "version": torch.__version__,
        "threads": threads,
        "parameters": sum(value.numel() for value in network.parameters()),
        "seconds": {name: seconds_of(network, shape, repeats, kind) for name, kind in formats.items()},
    }))


main(*sys.argv[1:])
