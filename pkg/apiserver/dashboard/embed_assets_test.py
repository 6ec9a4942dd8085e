#!/usr/bin/env python3
"""embed_assets.py: what it writes is what was there."""

import gzip
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("embed_assets.py")


class EmbedAssets(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name) / "dist"
        self.out = pathlib.Path(self.temporary.name) / "out"
        self.out.mkdir()

    def embed(self):
        return subprocess.run([sys.executable, str(SCRIPT), str(self.folder), str(self.out)], capture_output=True, text=True, check=False)

    def test_files_are_embedded_with_their_encodings(self):
        script = b"console.log('x');\n" * 100
        files = {"index.html": b"<!doctype html>" * 50, "assets/index-Bx3kQ9aZ.js": script, "assets/plain.css": b"a", "f.woff2": b"\0" * 900}
        for name, content in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)
        self.assertEqual(self.embed().returncode, 0)
        table = (self.out / "assets_table.cc").read_text()
        rows = [line for line in table.splitlines() if line.startswith("    {.path")]
        self.assertEqual(len(rows), 4)
        self.assertIn('.path = "assets/index-Bx3kQ9aZ.js", .content_type = "text/javascript; charset=utf-8"', rows[0])
        self.assertIn(".hashed = true", rows[0])
        self.assertIn(f".identity = {{kubemonitor_asset_0_identity, {len(script)}}}", rows[0])
        self.assertEqual((self.out / "encoded/kubemonitor_asset_0_identity").read_bytes(), script)
        self.assertEqual(gzip.decompress((self.out / "encoded/kubemonitor_asset_0_gzip").read_bytes()), script)
        self.assertIn(".hashed = false", rows[1])
        self.assertNotIn("gzip", rows[1], "a byte does not become shorter")
        self.assertNotIn("gzip", rows[2], "a font is compressed already")
        self.assertIn(".hashed = false", rows[3])
        assembler = (self.out / "assets.S").read_text()
        self.assertEqual(assembler.count(".incbin"), table.count("extern const char"))

    def test_nothing_to_embed(self):
        self.assertEqual(self.embed().returncode, 0)
        self.assertIn("return {};", (self.out / "assets_table.cc").read_text())
        self.assertNotIn(".incbin", (self.out / "assets.S").read_text())

    def test_odd_names_are_refused(self):
        self.folder.mkdir()
        (self.folder / 'a"b.js').write_bytes(b"x")
        refused = self.embed()
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("is no name for a file", refused.stderr)


if __name__ == "__main__":
    unittest.main()
