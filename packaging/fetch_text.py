"""Writes the default text mix, TEXT/<source>/<document>.txt in UTF-8, from unpacked Debian packages.

    fetch_text.py UNPACKED TEXT     UNPACKED holds one folder a package, as dpkg-deb -x leaves it

A document is one file of its package, or one chapter of a novel, so that held-out documents can be kept apart from
training ones. Which documents are taken is decided by a hash of their names alone: the same packages give the same mix.
"""
import gzip
import hashlib
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from r_lazyload import character_vectors

BYTES_PER_SOURCE = 2_500_000      # so that none dominates
DOCUMENT_BYTES = (2_000, 256_000)  # tables of contents are shorter; a longer one would be a tenth of its source

Document = tuple[str, str]  # name, text


def files(folder: Path, ending: str, skip: str = r"$^") -> Iterator[Document]:
    """The text files below a folder, plain or gzipped; those that are not UTF-8 are left out."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not name.endswith((ending, ending + ".gz")) or re.search(skip, name):
            continue
        data = path.read_bytes()
        try:
            text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
        except UnicodeDecodeError:
            continue
        yield name.removesuffix(".gz").removesuffix(ending), text


def essays(package: Path) -> Iterator[Document]:
    for name, text in files(package / "usr/share/doc/anarchism/markdown", ".md"):
        yield name, text.split("\n[‹ ")[0]  # without the links to the neighbouring pages


def chapters(package: Path) -> Iterator[Document]:
    """Chapters of the six novels. A new chapter begins at a line "Chapter 1", "CHAPTER I" and the like."""
    data = package / "usr/lib/R/site-library/janeaustenr/data/Rdata.rdb"
    for novel, lines in character_vectors(data).items():
        starts = [i for i, line in enumerate(lines) if re.fullmatch(r"chapter [\divxlc]+\.?", line.strip(), re.I)]
        if not starts:
            raise ValueError(f"{data}: no chapters in {novel}")
        for number, (start, end) in enumerate(zip(starts, starts[1:] + [len(lines)]), 1):
            yield f"{novel}-{number:02}", "\n".join(lines[start:end])


def sources(unpacked: Path) -> dict[str, Iterator[Document]]:
    return {
        "essays": essays(unpacked / "anarchism"),
        "novels": chapters(unpacked / "r-cran-janeaustenr"),
        "linux": files(unpacked / "linux-doc-6.1/usr/share/doc/linux-doc-6.1/Documentation", ".rst", r"^translations/"),
        "python": files(unpacked / "python3.11-doc/usr/share/doc/python3.11/html/_sources", ".rst.txt"),
        "perl": files(unpacked / "perl-doc/usr/share/perl", ".pod", r"perl(toc|cn|jp|ko|tw)\.pod$"),
    }


def choose(documents: Iterator[Document]) -> list[Document]:
    """Documents of fitting length in the order of their names' hashes, until the source has its share."""
    chosen, total = [], 0
    for name, text in sorted(documents, key=lambda document: hashlib.sha256(document[0].encode()).digest()):
        size = len(text.encode())
        if DOCUMENT_BYTES[0] <= size <= DOCUMENT_BYTES[1] and total + size <= BYTES_PER_SOURCE:
            chosen.append((name, text))
            total += size
    return chosen


def main() -> None:
    unpacked, target = Path(sys.argv[1]), Path(sys.argv[2])
    for source, documents in sources(unpacked).items():
        chosen = choose(documents)
        if not chosen:
            sys.exit(f"fetch_text: no document for '{source}' in {unpacked}")
        folder = target / source
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, text in chosen:
            (folder / (re.sub(r"[^\w.-]+", "_", name) + ".txt")).write_text(text.rstrip() + "\n", encoding="utf-8")
        print(f"  {source}: {len(chosen)} documents, {sum(len(text.encode()) for _, text in chosen) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
