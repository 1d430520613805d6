"""Compare two OpenAPI documents: what was added, what was taken away, what is another now.

    .venv/bin/python bench/openapi_diff.py --write before.json    # the document of this tree
    .venv/bin/python bench/openapi_diff.py before.json            # this tree compared with it

Compared are paths, verbs, operation ids, rights, parameters, answers, and the fields of bodies and
answers with their types, bounds and whether they must be given. Names of schemas and texts are not.
The exit status is 1 where something is taken away or narrower than before.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

IGNORED = {"title", "description", "default", "examples"}
JSON = "application/json"
Facts = dict[str, str]


def document() -> dict[str, Any]:
    """Return the OpenAPI document of this tree."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    os.environ.setdefault("OPALE_SECRET_KEY", "only to describe")
    os.environ.setdefault("OPALE_BASE_URL", "http://localhost:8000")
    os.environ.setdefault("EMAIL_URL", "memory://")
    os.environ.setdefault("OPALE_PLAIN_STATIC", "1")
    import django

    django.setup()
    from opale.api.urls import api

    described: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return described


def facts_of(doc: Mapping[str, Any]) -> Facts:
    """Return each thing that a client can rely on, with what it is."""
    return dict(_facts(doc))


def _facts(doc: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, verbs in doc["paths"].items():
        for verb, operation in verbs.items():
            where = f"{verb.upper()} {path}"
            yield where, f"{operation['operationId']} right={operation.get('x-right')}"
            for parameter in operation.get("parameters", ()):
                name = f"{where} {parameter['in']} {parameter['name']}"
                yield name, _said(doc, parameter["schema"], required=parameter.get("required"))
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                yield f"{where} body", kind
                yield from _fields(doc, f"{where} body", content["schema"])
            for status, answer in operation.get("responses", {}).items():
                shape = answer.get("content", {}).get(JSON, {}).get("schema")
                yield f"{where} -> {status}", ""
                if shape:
                    yield from _fields(doc, f"{where} -> {status}", shape)


def _fields(
    doc: Mapping[str, Any], where: str, schema: Mapping[str, Any], depth: int = 0
) -> Iterator[tuple[str, str]]:
    schema = _resolved(doc, schema)
    if "properties" in schema and depth < 4:
        for name, field in schema["properties"].items():
            place = f"{where}.{name}"
            yield place, _said(doc, field, required=name in schema.get("required", ()))
            yield from _fields(doc, place, field, depth + 1)
    elif "items" in schema and depth < 4:
        yield from _fields(doc, f"{where}[]", schema["items"], depth + 1)


def _resolved(doc: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if reference := schema.get("$ref"):
        found: Mapping[str, Any] = doc["components"]["schemas"][reference.rpartition("/")[2]]
        return found
    if len(schema.get("allOf", ())) == 1:
        return _resolved(doc, schema["allOf"][0])
    return schema


def _said(doc: Mapping[str, Any], schema: Mapping[str, Any], *, required: bool | None) -> str:
    return json.dumps([_type(doc, schema), "required" if required else "optional"])


def _type(doc: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """Return the type with its bounds; of an object only that it is one, its fields stand alone."""
    schema = _resolved(doc, schema)
    if "anyOf" in schema:
        return sorted((_type(doc, one) for one in schema["anyOf"]), key=str)
    if "properties" in schema:
        return "object"
    found = {key: value for key, value in schema.items() if key not in IGNORED}
    if "const" in found:
        found["enum"] = [found.pop("const")]
    if "enum" in found:
        found = {"enum": sorted(map(str, found["enum"]))}
    if isinstance(found.get("items"), dict):
        found["items"] = _type(doc, found["items"])
    if isinstance(found.get("additionalProperties"), dict):
        found["additionalProperties"] = _type(doc, found["additionalProperties"])
    return dict(sorted(found.items()))


def loosened(before: str, after: str) -> bool:
    """Return whether whatever was accepted before still is, as far as types and need tell it."""
    was, is_now = json.loads(before or "[]"), json.loads(after or "[]")
    if len(was) != 2 or len(is_now) != 2:
        return before == after
    if was[1] == "optional" and is_now[1] == "required":
        return False
    old = was[0] if isinstance(was[0], list) else [was[0]]
    new = is_now[0] if isinstance(is_now[0], list) else [is_now[0]]
    return all(one in new for one in old)


def compare(before: Facts, after: Facts) -> tuple[list[str], list[str], list[str]]:
    """Return what was added, what was taken away or narrowed, and what takes more than before."""
    added = [f"+ {name}  {after[name]}" for name in after if name not in before]
    gone = [f"- {name}  {before[name]}" for name in before if name not in after]
    wider = []
    for name in before:
        if name in after and before[name] != after[name]:
            line = f"~ {name}\n    {before[name]}\n    {after[name]}"
            is_body = " body" in name or " query " in name
            (wider if is_body and loosened(before[name], after[name]) else gone).append(line)
    return added, gone, wider


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("before", nargs="?", type=Path)
    parser.add_argument("after", nargs="?", type=Path)
    parser.add_argument("--write", type=Path, help="write the document of this tree and end")
    asked = parser.parse_args()
    if asked.write:
        asked.write.write_text(json.dumps(document(), indent=1), encoding="utf-8")
        return 0
    if asked.before is None:
        parser.error("name the document to compare with")
    before = facts_of(json.loads(asked.before.read_text(encoding="utf-8")))
    after = facts_of(
        json.loads(asked.after.read_text(encoding="utf-8")) if asked.after else document()
    )
    added, gone, wider = compare(before, after)
    for title, lines in (
        ("Added", added),
        ("Takes more than before", wider),
        ("Taken away, narrower or another", gone),
    ):
        print(f"{title}: {len(lines)}")
        print("\n".join(sorted(lines)) + "\n" * bool(lines), end="")
    return 1 if gone else 0


if __name__ == "__main__":
    sys.exit(main())
