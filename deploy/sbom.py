#!/usr/bin/env python3
"""Prints the bill of materials of the program as CycloneDX 1.6: every crate that it is compiled from, with version, licence
and checksum. Needs cargo alone: `deploy/sbom.py > ringbuch.cdx.json`."""

import json
import os
import re
import subprocess
import sys
from collections import deque

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PROGRAM = "ringbuch-api"


def metadata():
    host = next(line[6:] for line in run("rustc", "-vV").splitlines() if line.startswith("host: "))
    return json.loads(run("cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", host))


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def linked(told):
    """The ids of what the program is made of: dependencies for building and for tests are left out."""
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    start = next(package["id"] for package in told["packages"] if package["name"] == PROGRAM)
    seen, queue = {start}, deque([start])
    while queue:
        for used in nodes[queue.popleft()]["deps"]:
            normal = any(kind["kind"] is None for kind in used["dep_kinds"])
            if normal and used["pkg"] not in seen:
                seen.add(used["pkg"])
                queue.append(used["pkg"])
    return start, seen, nodes


def checksums():
    with open(os.path.join(ROOT, "Cargo.lock"), encoding="utf-8") as lock:
        blocks = lock.read().split("[[package]]")[1:]
    packages = [dict(re.findall(r'^(name|version|checksum) = "(.*)"$', block, re.M)) for block in blocks]
    return {(it["name"], it["version"]): it.get("checksum") for it in packages}


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, known):
    told = {"type": "library", "bom-ref": purl(package), "name": package["name"], "version": package["version"],
            "purl": purl(package)}
    if package["license"]:
        told["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    checksum = known.get((package["name"], package["version"]))
    if checksum:
        told["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return told


def main():
    told = metadata()
    start, seen, nodes = linked(told)
    packages = {package["id"]: package for package in told["packages"]}
    known = checksums()
    rest = sorted((packages[it] for it in seen if it != start), key=lambda it: (it["name"], it["version"]))
    program = component(packages[start], known) | {"type": "application", "name": "ringbuch"}
    uses = lambda it: sorted(purl(packages[used["pkg"]]) for used in nodes[it]["deps"] if used["pkg"] in seen)
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": program},
            "components": [component(package, known) for package in rest],
            "dependencies": [{"ref": purl(packages[it]), "dependsOn": uses(it)} for it in sorted(seen)]}
    json.dump(bill, sys.stdout, indent=1)
    print()


main()
