"""Holds what the deployment files name against the checkout and the program. Ends with 1 and says what is missing.

    hold.py BINARY SCRATCH
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

binary, scratch = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
deploy = Path("deploy")
wrong = []


def read(name):
    return YAML(typ="safe").load((deploy / name).read_text())


def runs(what, arguments, environment, apart_from=()):
    told = subprocess.run([binary, *arguments], env=environment, cwd=scratch, capture_output=True, text=True)
    lines = (told.stdout + told.stderr).splitlines()
    problems = [line for line in lines if line.startswith("problem ") and line.split()[1] not in apart_from]
    if problems or (told.returncode and not apart_from):
        wrong.append(f"{what}: {problems or lines}")
    return lines


compose = read("compose.yaml")

# What is mounted, built from or extended is in the checkout; what is secret is named, and the guide says how it is made.
guide = (deploy / "compose.yaml").read_text().split("name: ringbuch")[0]
for name, secret in compose["secrets"].items():
    if f"deploy/{secret['file']}" not in guide:
        wrong.append(f"nothing says how the secret {name} is made")
for name, service in compose["services"].items():
    for secret in service.get("secrets", []):
        if secret not in compose["secrets"]:
            wrong.append(f"{name} takes the secret {secret}, which there is not")
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if not (deploy / source).exists() if source.startswith(".") else source not in compose["volumes"]:
            wrong.append(f"{name} mounts {source}, which there is not")
    if "extends" in service:
        there = read(service["extends"]["file"])["services"]
        if service["extends"]["service"] not in there:
            wrong.append(f"{name} extends what there is not")
    for needed in service.get("depends_on", []):
        if needed not in compose["services"]:
            wrong.append(f"{name} waits for {needed}, which there is not")
    if "build" in service:
        build = service["build"]
        if not (deploy / build["context"] / build["dockerfile"]).is_file():
            wrong.append(f"{name} is built from what there is not")

# Every setting is one that the program takes, with secrets where the container has them.
container = (deploy / "Containerfile").read_text()
environment = {"PATH": os.environ["PATH"], **dict(re.findall(r"(RINGBUCH_\w+)=(\S+)", container))}
environment["RINGBUCH_DATABASE_URL"] = f"sqlite:{scratch}/ringbuch.db"
environment["RINGBUCH_MASTER_KEY"] = "main:" + "A" * 43 + "="
runs("the container's settings", ["config", "check"], environment)
values = {
    "database_url": "postgres://ringbuch:secret@postgres/ringbuch",
    "master_key": "main:" + "A" * 43 + "=",
    "metrics_token": "0" * 48,
}
for name, value in values.items():
    (scratch / name).write_text(value)
service = {"PATH": os.environ["PATH"], "RINGBUCH_LISTEN": environment["RINGBUCH_LISTEN"]}
for name, value in compose["services"]["ringbuch"]["environment"].items():
    service[name] = re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value).replace("/run/secrets", str(scratch))
# The database is in the composition's network alone.
lines = runs("the composition's settings", ["config", "check"], service, apart_from=["database:"])
if not any(line.split()[:3] == ["ok", "database_url:", "PostgreSQL"] for line in lines):
    wrong.append(f"the composition's settings: {lines}")

# What the container calls is there.
for command in re.findall(r'^(?:HEALTHCHECK .*)?CMD (\[.*\])', container, re.M):
    words = [word for word in re.findall(r'"([^"]+)"', command) if word != "ringbuch"]
    runs(f"{command} in the container file", [*words, "--help"], service)
for source in re.findall(r"^COPY (?!--from)(\S+)", container, re.M):
    if not Path(source).exists():
        wrong.append(f"the container file copies {source}, which there is not")

for what in wrong:
    print(what.strip())
sys.exit(1 if wrong else 0)
