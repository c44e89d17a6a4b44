"""The tracked files of a source tree, and what their #include lines reach."""
import functools
import re
import subprocess
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


class Tree:
    def __init__(self, root: Path, paths: list[str]):
        self.root, self.paths = root, sorted(paths)
        self._known = set(paths)

    @classmethod
    def tracked(cls, root: Path) -> "Tree":
        listing = subprocess.run(["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z"], check=True, capture_output=True, text=True)
        return cls(root, [path for path in listing.stdout.split("\0") if path and (root / path).is_file()])

    def under(self, *prefixes: str, suffixes: tuple[str, ...] = (".h", ".cpp")) -> list[str]:
        return [path for path in self.paths if path.startswith(prefixes) and path.endswith(suffixes)]

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    @functools.cache
    def includes(self, path: str) -> tuple[str, ...]:
        """What a file includes itself: a path of this tree where it is ours, otherwise the name as written."""
        return tuple(self._resolve(path, quote, name) for quote, name in INCLUDE.findall(self.text(path)))

    def _resolve(self, path: str, quote: str, name: str) -> str:
        if quote == '"':
            # The include folders of CMake: the file's own, core, the root, and app/studio, app/cli, widgets and tests.
            for folder in (str(Path(path).parent), "core", ".", "app/studio", "app/cli", "widgets", "tests"):
                candidate = (Path(folder) / name).as_posix()
                if candidate in self._known:
                    return candidate
        return name

    def reached(self, path: str) -> dict[str, str]:
        """Everything a file includes, directly or not, each with the chain of files that leads to it."""
        chains, queue = {}, [(path, path)]
        while queue:
            current, chain = queue.pop()
            for target in self.includes(current) if current in self._known else ():
                if target not in chains:
                    chains[target] = f"{chain} -> {target}"
                    queue.append((target, chains[target]))
        return chains
