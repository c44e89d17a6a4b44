"""The text mix: which documents are chosen, how R's database is read, and what lies in the folder given as argument."""
import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "packaging"))
import fetch_text
import r_lazyload

TEXT = Path(sys.argv.pop())


def strings(*values: str, attributes: bytes = b"") -> bytes:
    """An R character vector, serialized as "R Internals" 1.8 says: version 3, XDR."""
    flags = r_lazyload.STRINGS | (r_lazyload.HAS_ATTRIBUTES if attributes else 0)
    body = b"".join(struct.pack(">ii", 9, len(value.encode())) + value.encode() for value in values)
    return struct.pack(">ii", flags, len(values)) + body + attributes


HEADER = b"X\n" + struct.pack(">iiii", 3, 0x40200, 0x30500, 5) + b"UTF-8"
NAMES = (struct.pack(">iii", r_lazyload.PAIRLIST | r_lazyload.HAS_TAG, r_lazyload.SYMBOL, 9) + struct.pack(">i", 5) + b"names"
         + strings("a", "b") + struct.pack(">i", r_lazyload.NILVALUE))


class Choice(unittest.TestCase):
    documents = [(f"document-{i}", "x" * (fetch_text.DOCUMENT_BYTES[0] * (1 + i % 90))) for i in range(300)]

    def test_does_not_depend_on_the_order(self):
        self.assertEqual(fetch_text.choose(iter(self.documents)), fetch_text.choose(iter(self.documents[::-1])))

    def test_fills_the_source_and_no_more(self):
        total = sum(len(text) for _, text in fetch_text.choose(iter(self.documents)))
        self.assertLessEqual(total, fetch_text.BYTES_PER_SOURCE)
        self.assertGreater(total, 0.99 * fetch_text.BYTES_PER_SOURCE)

    def test_leaves_out_what_is_too_short_or_too_long(self):
        shortest, longest = fetch_text.DOCUMENT_BYTES
        documents = [("a", "x" * (shortest - 1)), ("b", "x" * shortest), ("c", "x" * longest), ("d", "x" * (longest + 1))]
        self.assertEqual({name for name, _ in fetch_text.choose(iter(documents))}, {"b", "c"})


class LazyLoad(unittest.TestCase):
    def test_strings(self):
        self.assertEqual(r_lazyload.XdrReader(HEADER + strings("Chapter 1", "café")).value(), ["Chapter 1", "café"])

    def test_names_make_a_dictionary(self):
        data = HEADER + strings("one", "two", attributes=NAMES)
        self.assertEqual(r_lazyload.XdrReader(data).value(), {"a": "one", "b": "two"})

    def test_every_truncation_is_an_error(self):
        data = HEADER + strings("one", "two", attributes=NAMES)
        for length in range(len(data)):
            with self.assertRaises(ValueError, msg=f"{length} bytes"):
                r_lazyload.XdrReader(data[:length]).value()

    def test_other_types_are_errors(self):
        with self.assertRaises(ValueError):
            r_lazyload.XdrReader(HEADER + struct.pack(">ii", 14, 0)).value()  # a vector of doubles


class Mix(unittest.TestCase):
    def test_five_sources_of_many_documents_of_real_text(self):
        sources = sorted(path.name for path in TEXT.iterdir() if path.is_dir())
        self.assertEqual(sources, ["essays", "linux", "novels", "perl", "python"])
        for source in sources:
            texts = [path.read_text(encoding="utf-8") for path in (TEXT / source).glob("*.txt")]
            self.assertGreaterEqual(len(texts), 40, source)
            self.assertGreater(sum(map(len, texts)), 2_000_000, source)
            self.assertGreater(sum(text.count(" the ") for text in texts) / sum(map(len, texts)), 0.003, source)


if __name__ == "__main__":
    unittest.main()
