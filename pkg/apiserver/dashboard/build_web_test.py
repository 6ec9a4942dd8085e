#!/usr/bin/env python3
"""build_web.py with an npm and a Node.js that only write down how they were called."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent / "build_web.py"
# "npm ci" installs a Node.js 22, "npm run build" makes an index.html.
NPM = """#!/bin/sh
echo "$1 $(node --version)" >> "$CALLS"
if [ "$1" = ci ]; then
  rm -rf node_modules && mkdir -p node_modules/node/bin && echo '{}' > node_modules/.package-lock.json
  echo '{"version": "22.12.0"}' > node_modules/node/package.json
  printf '#!/bin/sh\\necho v22.12.0\\n' > node_modules/node/bin/node && chmod 755 node_modules/node/bin/node
else
  mkdir -p "$5" && echo page > "$5/index.html"
fi
"""


class BuildWebTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in ("bin", "web"):
            (self.folder / name).mkdir()
        for name in ("package.json", "package-lock.json"):
            (self.folder / "web" / name).write_text(json.dumps({}))

    def program(self, name, text):
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def build(self, node):
        """What npm was asked, each with the Node.js that it ran on."""
        self.program("npm", NPM)
        self.program("node", f"#!/bin/sh\necho {node}\n")
        calls = self.folder / "calls"
        calls.write_text("")
        subprocess.run([sys.executable, SCRIPT, self.folder / "web", self.folder / "shared", self.folder / "stamp", self.folder / "stamp.d"],
                       check=True, env={**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}", "CALLS": str(calls)})
        return calls.read_text().splitlines()

    def test_an_older_node_only_brings_the_newer_one_that_installs(self):
        self.assertEqual(self.build("v18.20.4"), ["ci v18.20.4", "ci v22.12.0", "run v18.20.4"])
        self.assertEqual((self.folder / "shared/dist/index.html").read_text(), "page\n")

    def test_a_node_that_is_new_enough_installs_once(self):
        self.assertEqual(self.build("v24.1.0"), ["ci v24.1.0", "run v24.1.0"])

    def test_what_is_built_is_not_built_again(self):
        self.build("v22.12.0")
        self.assertEqual(self.build("v22.12.0"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
