"""MATLAB's level 5 .mat files, as far as SVHN needs them: numeric arrays, compressed or not. Imports no torch.

Source: MathWorks, "MAT-File Format", chapter 1 (level 5).
"""

import struct
import zlib
from pathlib import Path

import numpy as np

HEADER_BYTES = 128
LARGEST = 2**31  # bytes of an unpacked array; a small file may claim to unpack to anything
MI_MATRIX, MI_COMPRESSED = 14, 15
MI_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
# Array classes to the type an array has in memory: double, single, int8, uint8, …; it may be stored in a smaller one.
MX_TYPES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}


def read_mat(path: Path) -> dict[str, np.ndarray]:
    """The numeric arrays of a file by name, in MATLAB's (Fortran) order. Raises ValueError or zlib.error for what is no such file."""
    content = memoryview(path.read_bytes())
    mark = bytes(content[126:HEADER_BYTES])
    if mark not in (b"IM", b"MI"):
        raise ValueError(f"{path.name} is not a MATLAB 5 file")
    order = "<" if mark == b"IM" else ">"
    arrays = {}
    at = HEADER_BYTES
    while at < len(content):
        kind, data, at = _element(content, at, order, padded=False)
        if kind == MI_COMPRESSED:
            unpacker = zlib.decompressobj()
            unpacked = unpacker.decompress(data, LARGEST)
            if not unpacker.eof:
                raise ValueError(f"{path.name} ends early, or unpacks to more than {LARGEST:,} bytes")
            kind, data, _ = _element(memoryview(unpacked), 0, order)
        if kind == MI_MATRIX:
            name, array = _matrix(data, order)
            arrays[name] = array
    return arrays


def _element(content: memoryview, at: int, order: str, padded: bool = True) -> tuple[int, memoryview, int]:
    """The data type, the data, and where the next element begins. Up to 4 bytes may lie within the tag itself."""
    (kind,) = struct.unpack_from(order + "I", content, at)
    if small := kind >> 16:
        return kind & 0xFFFF, content[at + 4 : at + 4 + small], at + 8
    (size,) = struct.unpack_from(order + "I", content, at + 4)
    begin, end = at + 8, at + 8 + size
    if end > len(content):
        raise ValueError("an array ends early")
    return kind, content[begin:end], end + (-size % 8 if padded else 0)


def _matrix(content: memoryview, order: str) -> tuple[str, np.ndarray]:
    _, flags, at = _element(content, 0, order)
    mx_class = struct.unpack_from(order + "I", flags)[0] & 0xFF
    if mx_class not in MX_TYPES:
        raise ValueError(f"an array of class {mx_class} is not numeric")
    _, shape, at = _element(content, at, order)
    _, name, at = _element(content, at, order)
    kind, data, _ = _element(content, at, order)
    values = np.frombuffer(data, order + MI_TYPES[kind]).reshape(np.frombuffer(shape, order + "i4"), order="F")
    return bytes(name).decode("ascii"), values.astype(MX_TYPES[mx_class], copy=False)
