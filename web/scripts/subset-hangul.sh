#!/usr/bin/env bash
# Makes src/fonts/hangul-ui.woff2: Pretendard with the Korean syllables of the message catalogue alone. Needed when ko.ts gets a new one (a test tells).
# Fetches Pretendard from the npm registry and fonttools from PyPI into a folder that is removed again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent pretendard@1.3.9 >/dev/null && tar xzf pretendard-*.tgz package/dist/public/variable/PretendardVariable.ttf)
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet fonttools brotli
grep -ohP '\p{Hangul}' src/i18n/ko.ts src/i18n/en.ts | LC_ALL=C sort -u | tr -d '\n' >src/fonts/hangul-ui.txt
"$work/venv/bin/pyftsubset" "$work/package/dist/public/variable/PretendardVariable.ttf" --text-file=src/fonts/hangul-ui.txt \
  --layout-features='*' --no-hinting --output-file="$work/subset.ttf"
"$work/venv/bin/python" - "$work/subset.ttf" src/fonts/hangul-ui.woff2 <<'PYTHON'
import sys
from fontTools.ttLib import TTFont
font = TTFont(sys.argv[1])
for record in font["name"].names:  # the licence reserves the name for the unmodified font
    if record.nameID in (1, 3, 4, 6, 16):
        record.string = "KM Hangul" if record.nameID != 6 else "KMHangul"
font.flavor = "woff2"
font.save(sys.argv[2])
PYTHON
wc -c src/fonts/hangul-ui.woff2
