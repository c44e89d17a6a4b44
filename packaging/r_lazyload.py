"""Reads the character vectors of an R lazy-load database (NAME.rdb with its index NAME.rdx), nothing more.

Source: "R Internals" section 1.8 (serialization formats, XDR) and makeLazyLoad.R. A block of the .rdb is a big-endian
32-bit length of the plain data, then a zlib stream; the plain data is one serialized R object.
"""
import gzip
import struct
import zlib
from pathlib import Path

NILVALUE, REFERENCE = 254, 255
SYMBOL, PAIRLIST, CHARS, LOGICALS, INTEGERS, STRINGS, LIST = 1, 2, 9, 10, 13, 16, 19
HAS_ATTRIBUTES, HAS_TAG = 1 << 9, 1 << 10


class XdrReader:
    """The types that an index and a character vector are made of; anything else is a ValueError."""

    def __init__(self, data: bytes):
        self.data, self.at, self.symbols = data, 0, []
        if self.take(2) != b"X\n":
            raise ValueError("not an XDR serialization")
        version, _written_by, _readable_by = self.integer(), self.integer(), self.integer()
        if version == 3:
            self.take(self.integer())  # the native encoding

    def take(self, count: int) -> bytes:
        piece = self.data[self.at : self.at + count]
        if count < 0 or len(piece) != count:
            raise ValueError(f"truncated at byte {self.at}")
        self.at += count
        return piece

    def integer(self) -> int:
        return struct.unpack(">i", self.take(4))[0]

    def value(self):
        flags = self.integer()
        kind = flags & 0xFF
        if kind == NILVALUE:
            return None
        if kind == REFERENCE:
            return self.symbols[(flags >> 8) - 1]
        if kind == SYMBOL:
            self.symbols.append(self.value())
            return self.symbols[-1]
        if kind == CHARS:
            count = self.integer()
            return None if count == -1 else self.take(count).decode("utf-8")
        if kind == PAIRLIST:
            return self.pairs(flags)
        if kind in (LOGICALS, INTEGERS):
            count = self.integer()
            result = list(struct.unpack(f">{count}i", self.take(4 * count)))
        elif kind in (STRINGS, LIST):
            result = [self.value() for _ in range(self.integer())]
        else:
            raise ValueError(f"R type {kind} at byte {self.at}")
        if flags & HAS_ATTRIBUTES:
            names = self.value().get("names")
            return dict(zip(names, result)) if names else result
        return result

    def pairs(self, flags: int) -> dict:
        attributes = {}
        while flags & 0xFF == PAIRLIST:
            if flags & HAS_ATTRIBUTES:
                self.value()
            tag = self.value() if flags & HAS_TAG else None
            attributes[tag] = self.value()
            flags = self.integer()
        return attributes


def character_vectors(rdb: Path) -> dict[str, list[str]]:
    """Every object of the database by its name, as lists of lines."""
    index = XdrReader(gzip.decompress(rdb.with_suffix(".rdx").read_bytes())).value()
    blocks = rdb.read_bytes()
    objects = {}
    for name, (offset, length) in index["variables"].items():
        (plain_length,) = struct.unpack(">I", blocks[offset : offset + 4])
        plain = zlib.decompress(blocks[offset + 4 : offset + length])
        if len(plain) != plain_length:
            raise ValueError(f"{rdb}: {name} has {len(plain)} bytes, its header says {plain_length}")
        objects[name] = XdrReader(plain).value()
    return objects
