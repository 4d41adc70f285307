"""Holds what the deployment files name against the checkout and the program. Ends with 1 and says what is missing.

    hold.py BINARY SCRATCH
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

binary, scratch = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
deploy = Path("deploy")
wrong = []


def read(name):
    return YAML(typ="safe").load((deploy / name).read_text())


def behind(service, path):
    """The file of the checkout, or of the scratch folder, that a service sees under a path; nothing where it sees none."""
    seen = [(f"/run/secrets/{secret}", scratch / secret) for secret in service.get("secrets", [])]
    mounts = [volume.split(":") for volume in service.get("volumes", []) if volume.startswith(".")]
    seen += [(target, deploy / source) for source, target, *_ in mounts]
    for target, source in seen:
        if path == target or path.startswith(f"{target}/"):
            found = (source / path.removeprefix(target).lstrip("/")).resolve()
            return found if found.is_file() else None
    return None


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

# Every setting is one that the program takes, with secrets where the container has them. A service begins with all that the
# image sets, so that what stands in the way of its own is seen.
container = (deploy / "Containerfile").read_text().replace("\\\n", " ")
image = container.split("\nFROM ")[-1]
set_there = [words for line in re.findall(r"^ENV (.*)", image, re.M) for words in shlex.split(line)]
environment = {"PATH": os.environ["PATH"], **dict(words.split("=", 1) for words in set_there)}
if "RINGBUCH_LISTEN" not in environment:
    wrong.append("nobody outside the container would reach it")
# The program's own default is a file of the folder that it runs in.
folders = [re.findall(rf"^{word} (\S+)", image, re.M) for word in ("WORKDIR", "VOLUME")]
if folders[0][-1:] != folders[1]:
    wrong.append("the database of a container that names none does not lie in its volume")
with_key = {**environment, "RINGBUCH_MASTER_KEY": "main:" + "A" * 43 + "="}
runs("the container's settings", ["config", "check"], with_key)
values = {
    "database_url": "postgres://ringbuch:secret@postgres/ringbuch",
    "master_key": "main:" + "A" * 43 + "=",
    "metrics_token": "0" * 48,
}
for name, value in values.items():
    (scratch / name).write_text(value)
service = dict(environment)
for name, value in compose["services"]["ringbuch"]["environment"].items():
    service[name] = re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value).replace("/run/secrets", str(scratch))
# The database is in the composition's network alone.
lines = runs("the composition's settings", ["config", "check"], service, apart_from=["database:"])
if not any(line.split()[:3] == ["ok", "database_url:", "PostgreSQL"] for line in lines):
    wrong.append(f"the composition's settings: {lines}")

# What a command names as a file is mounted, and so is what Prometheus' own settings name.
services = compose["services"]
for name, it in services.items():
    for path in re.findall(r"=(/\S+\.\w+)", "\n".join(it.get("command", []))):
        if behind(it, path) is None:
            wrong.append(f"{name} is started with {path}, which it does not have")
watching = services["prometheus"]
settings = (deploy / "compose/prometheus.yml").read_text()
for path in re.findall(r"/(?:etc|run)/[\w./-]+", settings):
    if (found := behind(watching, path)) is None:
        wrong.append(f"prometheus reads {path}, which it does not have")
    settings = settings.replace(path, str(found or path))
(scratch / "prometheus.yml").write_text(settings)
if shutil.which("promtool"):
    asked = ["promtool", "check", "config", scratch / "prometheus.yml"]
    told = subprocess.run(asked, capture_output=True, text=True)
    if told.returncode or "WARNING" in told.stdout:
        wrong.append(f"promtool: {told.stdout}{told.stderr}")

# Whom Prometheus asks or tells is a service. What is not the program's own metric is told by one of them: `up` of every job,
# and what begins with `probe_` by an exporter that knows the module.
known = YAML(typ="safe").load(settings)
jobs = known["scrape_configs"]
addresses = [way["replacement"] for job in jobs for way in job.get("relabel_configs", []) if "replacement" in way]
for it in jobs + known["alerting"]["alertmanagers"]:
    addresses += [target for group in it.get("static_configs", []) for target in group["targets"]]
for address in addresses:
    if address.split(":")[0] not in services:
        wrong.append(f"prometheus knows {address}, which there is not")
modules = read("compose/blackbox.yml")["modules"]
probes = [job for job in jobs if job.get("metrics_path") == "/probe" and set(job["params"]["module"]) <= set(modules)]
foreign = re.search(r"FOREIGN: .*?= \[(.*?)\];", Path("tests/src/observing/names.rs").read_text(), re.S)
for metric in re.findall(r'"(\w+)"', foreign[1]):
    if not (jobs if metric == "up" else probes if metric.startswith("probe_") else []):
        wrong.append(f"nobody in the composition tells {metric}")

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
