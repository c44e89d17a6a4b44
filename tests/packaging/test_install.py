"""The installed tree, as the packages hold it: it runs from wherever it is put, on its own libraries, and desktops find it."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path(sys.argv.pop(1))
BARE = {"PATH": "/usr/bin:/bin", "QT_QPA_PLATFORM": "offscreen"}
ID = "org.dotmoe.Studio"


def run(*command, **options):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True, **options).stdout


class InstalledTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        run("cmake", "--install", BUILD, "--prefix", cls.folder / "made")
        cls.root = (cls.folder / "made").rename(cls.folder / "moved")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_programs_run_where_the_tree_is_put(self):
        version = re.search(r"VERSION (\S+)", (pathlib.Path(__file__).parents[2] / "CMakeLists.txt").read_text().split("project(", 1)[1])[1]
        for program in "dotmoe", "dotmoe-studio":
            self.assertIn(version, run(self.root / "bin" / program, "--version", env=BARE))
            self.assertIn("--text", run(self.root / "bin" / program, *(["convert"] if program == "dotmoe" else []), "--help", env=BARE))

    def test_libraries_come_from_the_tree(self):
        found = dict(re.findall(r"(\S+) => (\S+)", run("ldd", self.root / "bin" / "dotmoe-studio", env=BARE)))
        self.assertNotIn("not", found.values(), "a library is missing")
        for library in "libtorch_cpu.so", "libc10.so", "libgomp.so.1", "libQt6Widgets.so.6", "libfmt.so.9":
            self.assertEqual(pathlib.Path(found[library]).resolve().parent, self.root / "lib" / "dotmoe", library)
        for library in "libc.so.6", "libstdc++.so.6", "libGL.so.1", "libX11.so.6":
            self.assertFalse(list((self.root / "lib" / "dotmoe").glob(library)), f"{library} is the system's own")

    def test_window_systems_libraries_come_along(self):
        libraries = {path.name for path in (self.root / "lib" / "dotmoe").iterdir()}
        self.assertTrue((self.root / "lib" / "dotmoe" / "plugins" / "platforms" / "libqxcb.so").exists())
        needed = re.findall(r"NEEDED.*\[(libQt6\S+|libxcb-\S+)\]", run("readelf", "-d", self.root / "lib/dotmoe/libQt6XcbQpa.so.6"))
        self.assertGreater(len(needed), 5)
        self.assertLessEqual(set(needed), libraries)

    def test_desktops_find_it(self):
        share = self.root / "share"
        run("desktop-file-validate", share / "applications" / f"{ID}.desktop")
        run("appstreamcli", "validate", "--no-net", share / "metainfo" / f"{ID}.metainfo.xml")
        icons = share / "icons" / "hicolor"
        sizes = {path.parent.parent.name for path in icons.glob(f"*/apps/{ID}.png")}
        self.assertEqual(sizes, {f"{n}x{n}" for n in (16, 22, 24, 32, 48, 64, 128, 256, 512)})
        for size in sizes:
            header = (icons / size / "apps" / f"{ID}.png").read_bytes()[:24]
            self.assertEqual(int.from_bytes(header[16:20], "big"), int(size.split("x")[0]))
        self.assertTrue((icons / "scalable" / "apps" / f"{ID}.svg").exists())


if __name__ == "__main__":
    unittest.main()
