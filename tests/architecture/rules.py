"""The rules of ARCHITECTURE.md as functions: each takes a Tree and yields one line for each violation."""
import re
from collections.abc import Iterator
from pathlib import Path

from tree import Tree

QT = re.compile(r"^(Q[A-Z]|Qt[A-Z]\w*/|qcustomplot\.h|qt\w*/)")
TORCH = re.compile(r"^(ATen|torch|c10|caffe2)/")
IMGUI = re.compile(r"^imgui")

MAX_LINES = 350

# Which modules of core a module may include besides itself; pipeline is the top and may include all.
CORE_LAYERS = {
    "base": set(),
    "events": {"base"},
    "recording": {"base", "events"},
    "formats": {"base"},
    "text": {"base", "formats"},
    "model": {"base", "formats", "text"},
    "transport": {"base"},
    "experts": {"base", "formats", "model", "transport"},
    "evaluate": {"base", "text", "model", "experts"},
    "align": {"base", "events", "formats", "text", "model", "transport", "experts", "evaluate"},
    "export": {"base", "events", "formats", "text", "model", "experts", "evaluate"},
}
# Plain structs that every module may include; they themselves include nothing but base and each other.
PLAIN_DATA = {"core/align/recipe.h", "core/align/recipe_changes.h", "core/experts/layout.h", "core/experts/routing_rule.h", "core/evaluate/figures.h", "core/pipeline/lineage.h", "core/pipeline/metrics.h"}
# What the front ends include of core besides events/: the whole of their view of it.
FACADE = (
    "core/align/recipe.h", "core/align/routing_rule_names.h", "core/base/device.h", "core/base/error.h", "core/base/run_control.h",
    "core/base/system.h",
    "core/experts/forcing.h", "core/experts/layout.h", "core/model/weight_format.h", "core/export/export.h", "core/export/verify.h",
    "core/pipeline/answer_tasks.h", "core/pipeline/bench.h", "core/pipeline/bench_runtime.h", "core/pipeline/bench_train.h", "core/pipeline/compare.h",
    "core/pipeline/comparison.h", "core/pipeline/convert.h", "core/pipeline/converted_model.h", "core/pipeline/fork.h", "core/pipeline/inspect.h",
    "core/pipeline/live_routing.h", "core/pipeline/measure_domains.h", "core/pipeline/metrics.h", "core/pipeline/profile_experts.h", "core/pipeline/routing_questions.h", "core/pipeline/run_record.h",
    "core/pipeline/solve_again.h", "core/pipeline/sparsity_dial.h", "core/pipeline/sweep.h", "core/recording/recorder.h", "core/recording/recording.h",
    "core/recording/settled.h",
)


def _reaching(tree: Tree, paths: list[str], forbidden: re.Pattern) -> Iterator[str]:
    for path in paths:
        chains = tree.reached(path)
        yield from (chains[name] for name in sorted(chains) if forbidden.match(name))


def core_without_qt(tree: Tree) -> Iterator[str]:
    """core, its tests and the command line know neither Qt nor a widget."""
    paths = tree.under("core/", "app/cli/", "tests/core/", "tools/")
    yield from _reaching(tree, paths, re.compile(f"{QT.pattern}|{IMGUI.pattern}|widgets/|app/studio/"))


def widgets_without_torch(tree: Tree) -> Iterator[str]:
    """No file that sees Qt sees torch, not even through another header: their keywords clash."""
    yield from _reaching(tree, tree.under("widgets/", "app/studio/"), TORCH)


def widgets_know_events_only(tree: Tree) -> Iterator[str]:
    """A widget draws what core/events and plain types of base hold; it knows no model, no session and no app."""
    yield from _reaching(tree, tree.under("widgets/"), re.compile(r"core/(?!events/|base/)|app/"))


def facade_without_torch(tree: Tree) -> Iterator[str]:
    """The headers of core that the front ends include stay free of torch, through every header they include."""
    facade = [path for path in FACADE if path in tree.paths]
    yield from (f"{path} is gone: mend FACADE in rules.py" for path in FACADE if path not in facade)
    yield from _reaching(tree, facade + tree.under("core/events/", suffixes=(".h",)), TORCH)


def no_umbrella_header(tree: Tree) -> Iterator[str]:
    """<torch/torch.h> costs 28 s a file."""
    for path in tree.under("core/", "app/", "widgets/", "tests/", "tools/"):
        if "torch/torch.h" in tree.includes(path):
            yield f"{path}: includes <torch/torch.h>"


def core_layers(tree: Tree) -> Iterator[str]:
    """A module of core includes only modules below it."""
    for path in tree.under("core/"):
        module = path.split("/")[1]
        if module not in CORE_LAYERS:
            continue
        allowed = {"base"} if path in PLAIN_DATA else CORE_LAYERS[module] | {module}
        for target in tree.includes(path):
            other = re.match(r"core/(\w+)/", target)
            if other and other[1] not in allowed and target not in PLAIN_DATA:
                yield f"{path}: {module} must not know {other[1]} ({target})"


def short_files(tree: Tree) -> Iterator[str]:
    """One concept a file."""
    for path in tree.under("", suffixes=(".h", ".cpp", ".py", ".sh", ".cmake", "CMakeLists.txt")):
        lines = tree.text(path).count("\n")
        if lines >= MAX_LINES:
            yield f"{path}: {lines} lines, {MAX_LINES} are too many"


def sources_are_built(tree: Tree) -> Iterator[str]:
    """Every .cpp file stands in a CMakeLists.txt."""
    named = set()
    for lists in tree.under("", suffixes=("CMakeLists.txt",)):
        here = Path(lists).parent.as_posix() + "/"
        for name in re.findall(r"[\w./${}-]+\.cpp\b", re.sub(r"#.*", "", tree.text(lists))):
            from_root = re.sub(r"^\$\{(CMAKE|PROJECT)_SOURCE_DIR\}/", "", name)
            in_folder = here + name.removeprefix("${CMAKE_CURRENT_SOURCE_DIR}/")
            named.add(_normal(Path(in_folder if from_root == name else from_root)))
    for path in tree.under("core/", "app/", "widgets/", "tests/", "tools/", suffixes=(".cpp",)):
        if path not in named:
            yield f"{path}: no CMakeLists.txt names it"


def headers_have_guards(tree: Tree) -> Iterator[str]:
    for path in tree.under("", suffixes=(".h",)):
        if not re.search(r"^#pragma once$", tree.text(path), re.MULTILINE):
            yield f"{path}: no #pragma once"


def no_leftovers(tree: Tree) -> Iterator[str]:
    """No notes to self, and nothing about the machine or the people it was written on."""
    forbidden = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|/(work|root|home|tmp)/\w|\b\d{1,3}(\.\d{1,3}){3}:\d+")
    for path in tree.paths:
        if path.startswith("tests/architecture/") or not _is_text(tree, path):
            continue
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            if match := forbidden.search(line):
                yield f"{path}:{number}: '{match[0]}'"


def urls_are_public(tree: Tree) -> Iterator[str]:
    """Only the addresses of papers, licences and standards stand in the tree."""
    names = "arxiv gnu fsf w3 freedesktop huggingface github debian example"
    public = re.compile(rf"(www\.)?({names.replace(' ', '|')})\.(org|com|co)$")
    for path in tree.paths:
        if path.startswith("tests/architecture/") or not _is_text(tree, path):
            continue
        for host in re.findall(r"https?://([\w.-]+)", tree.text(path)):
            if not public.match(host.lower()):
                yield f"{path}: address of {host}"


def documents_name_what_exists(tree: Tree) -> Iterator[str]:
    """Links and `paths` in the documents lead to tracked files or folders."""
    folders = {parent.as_posix() for path in tree.paths for parent in Path(path).parents}
    top = {path.split("/")[0] for path in tree.paths if "/" in path}
    for path in tree.under("", suffixes=(".md",)):
        text = tree.text(path)
        base = Path(path).parent
        targets = [(base / link.split("#")[0]) for link in re.findall(r"\]\((?!\w+:|#)([^)\s]+)\)", text)]
        targets += [Path(name) for name in re.findall(r"`([\w.-]+/[\w./-]*)`", text) if name.split("/")[0] in top]
        for target in targets:
            name = _normal(target)
            if name not in folders and name not in tree.paths and not name.startswith("build"):
                yield f"{path}: '{name}' is not there"


def _normal(path: Path) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _is_text(tree: Tree, path: str) -> bool:
    return b"\0" not in (tree.root / path).read_bytes()[:4096]


RULES = {rule.__name__: rule for rule in (
    core_without_qt, widgets_without_torch, widgets_know_events_only, facade_without_torch, no_umbrella_header,
    core_layers, short_files, sources_are_built, headers_have_guards, no_leftovers, urls_are_public,
    documents_name_what_exists,
)}
