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


def host():
    return next(line[6:] for line in run("rustc", "-vV").splitlines() if line.startswith("host: "))


def metadata():
    return json.loads(run("cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", host()))


def compiled():
    """Name and version of every crate that building the program compiles. Only the tree knows which features are on for it:
    metadata also follows what tests alone, or nobody, asks for."""
    told = run("cargo", "tree", "--locked", "-p", PROGRAM, "--features", "full", "-e", "normal", "--target", host(), "--prefix", "none")
    return set(re.findall(r"^(\S+) v(\S+)", told, re.M))


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def linked(told):
    """The ids of what the program is made of: dependencies for building and for tests are left out."""
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    names = {package["id"]: (package["name"], package["version"]) for package in told["packages"]}
    start, made_of = next(it for it, name in names.items() if name[0] == PROGRAM), compiled()
    seen, queue = {start}, deque([start])
    while queue:
        for used in nodes[queue.popleft()]["deps"]:
            normal = any(kind["kind"] is None for kind in used["dep_kinds"])
            if normal and names[used["pkg"]] in made_of and used["pkg"] not in seen:
                seen.add(used["pkg"])
                queue.append(used["pkg"])
    lacking = made_of - {names[it] for it in seen}
    if lacking:
        sys.exit(f"no way was found to {lacking}, which the program is compiled from")
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
