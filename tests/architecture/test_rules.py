"""Each rule finds what it is there for: a clean tree passes, the same tree with one planted violation does not."""
import tempfile
import unittest
from pathlib import Path

from rules import FACADE, MAX_LINES, RULES
from tree import Tree

CLEAN = {path: "#pragma once\n" for path in FACADE} | {
    "core/CMakeLists.txt": "target_sources(core PRIVATE base/error.cpp)\n",
    "core/base/error.h": "#pragma once\n#include <string>\n",
    "core/base/error.cpp": '#include "base/error.h"\n',
    "core/base/compute.h": "#pragma once\n#include <ATen/ATen.h>\n",
    "core/events/event.h": '#pragma once\n#include "base/error.h"\n',
    "core/align/recipe.h": '#pragma once\n#include "experts/layout.h"\n',
    "core/experts/layout.h": "#pragma once\n",
    "core/experts/router.h": '#pragma once\n#include <ATen/ATen.h>\n#include "align/recipe.h"\n',
    "core/pipeline/convert.h": '#pragma once\n#include "align/recipe.h"\n',
    "widgets/bars.h": '#pragma once\n#include <QWidget>\n#include "events/event.h"\n',
    "app/studio/session.h": '#pragma once\n#include <QObject>\n#include "pipeline/convert.h"\n#include "widgets/bars.h"\n',
    "docs/METHOD.md": "see [the rule](../README.md) and https://arxiv.org/abs/2606.01666\n",
    "README.md": "`core/base` and `core/base/error.h`, `build/release/bin/dotmoe`\n",
}

PLANTED = {
    "core_without_qt": [("core/base/error.h", "#pragma once\n#include <QString>\n"),
                        ("core/events/event.h", '#pragma once\n#include "widgets/bars.h"\n')],
    "widgets_without_torch": [("core/base/error.h", "#pragma once\n#include <ATen/Tensor.h>\n"),
                              ("app/studio/session.h", '#pragma once\n#include "experts/router.h"\n')],
    "widgets_know_events_only": [("widgets/bars.h", '#pragma once\n#include "pipeline/convert.h"\n'),
                                 ("widgets/bars.h", '#pragma once\n#include "app/studio/session.h"\n')],
    "facade_without_torch": [("core/experts/layout.h", "#pragma once\n#include <c10/util/Half.h>\n"),
                             ("core/pipeline/convert.h", '#pragma once\n#include "base/compute.h"\n'),
                             ("core/pipeline/convert.h", None)],
    "no_umbrella_header": [("core/base/error.cpp", "#include <torch/torch.h>\n")],
    "core_layers": [("core/base/error.h", '#pragma once\n#include "events/event.h"\n'),
                    ("core/align/recipe.h", '#pragma once\n#include "experts/router.h"\n')],
    "short_files": [("core/base/error.cpp", "\n" * MAX_LINES)],
    "sources_are_built": [("core/base/orphan.cpp", ""), ("core/base/r.cpp", "")],
    "headers_have_guards": [("core/base/error.h", "#include <string>\n")],
    "no_leftovers": [("core/base/error.h", "// TO" + "DO: later\n"), ("README.md", "lies in /work" + "/main\n")],
    "urls_are_public": [("README.md", "http://machine.internal/x\n")],
    "documents_name_what_exists": [("README.md", "[gone](docs/GONE.md)\n"), ("README.md", "`core/gone.h`\n")],
}


class RulesFindWhatTheyAreFor(unittest.TestCase):
    def violations(self, rule: str, changes: dict[str, str | None]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            files = {path: text for path, text in (CLEAN | changes).items() if text is not None}
            for path, text in files.items():
                (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / path).write_text(text)
            return list(RULES[rule](Tree(Path(folder), list(files))))

    def test_every_rule_is_tried(self):
        self.assertEqual(set(RULES), set(PLANTED))

    def test_a_clean_tree_passes(self):
        for rule in RULES:
            self.assertEqual(self.violations(rule, {}), [], rule)

    def test_a_planted_violation_is_found(self):
        for rule, plants in PLANTED.items():
            for path, text in plants:
                with self.subTest(rule=rule, path=path, text=str(text)[:60]):
                    self.assertTrue(self.violations(rule, {path: text}))


if __name__ == "__main__":
    unittest.main()
