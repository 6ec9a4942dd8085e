#!/usr/bin/env python3
"""Turns the OpenAPI description from YAML into the JSON that the API server serves.

Usage: openapi_to_json.py openapi.yaml openapi.json
"""
import json
import sys

import yaml  # Debian: python3-yaml


class UniqueKeyLoader(yaml.SafeLoader):
    """YAML lets a key be given twice, the last one wins: here that is a mistake."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"'{key}' is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def refuse_nulls(value, where):
    """A comma in unquoted text makes the rest of it a key without a value: `{ description: a, b }`."""
    if value is None:
        sys.exit(f"{where} has no value: is a text with a comma not quoted?")
    if isinstance(value, dict):
        for key, below in value.items():
            refuse_nulls(below, f"{where}/{key}")
    elif isinstance(value, list):
        for index, below in enumerate(value):
            refuse_nulls(below, f"{where}/{index}")


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as source:
        document = yaml.load(source, Loader=UniqueKeyLoader)
    refuse_nulls(document, sys.argv[1])
    with open(sys.argv[2], "w", encoding="utf-8") as target:
        json.dump(document, target, ensure_ascii=False, separators=(",", ":"))
        target.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
