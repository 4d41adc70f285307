#!/usr/bin/env python3
"""Checks a bundle that `ringbuch audit export` made, written from docs/auditor.md alone and with nothing but Python.

    verify_bundle.py DIR [--key PUBLIC_KEY]

Ends with 0 where the chain, the schemas and the checkpoint hold, with 3 where they do not, and names the first position that
is wrong.
"""

import argparse
import hashlib
import json
import sys
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

# --- the chain ------------------------------------------------------------------------------------------------------


def number(value):
    return value.to_bytes(8, "big", signed=value < 0)


def counted(value):
    return number(len(value)) + value


def optional(value):
    return b"\0" if value is None else b"\1" + counted(value)


def uuid_bytes(text):
    return uuid.UUID(text).bytes


def canonical(event, chain):
    private = event["private"]
    return b"".join([
        number(event["position"]) if chain == "log" else b"",
        counted(event["stream"].encode()),
        number(event["revision"]),
        counted(uuid_bytes(event["id"])),
        counted(uuid_bytes(event["command"])),
        counted(uuid_bytes(event["correlation"])),
        optional(event["causation"] and uuid_bytes(event["causation"])),
        optional(event["company"] and event["company"].encode()),
        number(event["time"]),
        counted(event["kind"].encode()),
        number(event["version"]),
        counted(event["public"].encode()),
        optional(private and private["subject"].encode()),
        optional(private and bytes.fromhex(private["sha256"])),
    ])


def walk_log(lines, schemas):
    """The hash at every position, or the first position that is wrong."""
    last, hashes = bytes(32), {}
    for position, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
            if event["position"] != position:
                wrong(position, f"position {event['position']} stands there")
            last = linked(b"ringbuch.event.v1" + last, event, "log")
            described(event, schemas)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            wrong(position, f"its line cannot be read: {error!r}")
        hashes[position] = last
    return hashes


def walk_streams(lines, schemas):
    """The digest of the log at every position, or the first position that is wrong."""
    position, digest, streams, hashes = 0, bytes(32), {}, {}
    for line in lines:
        try:
            event = json.loads(line)
            if event["position"] <= position:
                wrong(event["position"], f"it comes behind position {position}")
            position = event["position"]
            revision, last = streams.get(event["stream"], (0, bytes(32)))
            if event["revision"] != revision + 1:
                wrong(position, f"revision {event['revision']} comes behind revision {revision} of its stream")
            last = linked(b"ringbuch.stream-event.v1" + last, event, "streams")
            described(event, schemas)
            streams[event["stream"]] = (revision + 1, last)
            digest = hashlib.sha256(b"ringbuch.log.v1" + digest + number(position) + last).digest()
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            wrong(position + 1, f"its line cannot be read: {error!r}")
        hashes[position] = digest
    return hashes


def linked(before, event, chain):
    found = hashlib.sha256(before + canonical(event, chain)).digest()
    if found.hex() != event["hash"]:
        wrong(event["position"], f"its hash is {event['hash']}, its content gives {found.hex()}")
    return found


# --- the schemas ----------------------------------------------------------------------------------------------------


def described(event, schemas):
    """The bundle says what the fields of the event's public part are, and they are those."""
    name = f"{event['kind']}.v{event['version']}"
    if name not in schemas:
        wrong(event["position"], f"the bundle holds no schema of its type, schemas/{name}.json")
    public, schema = json.loads(event["public"]), schemas[name]["properties"]["public"]
    known = schema.get("properties", {})
    for field in public.keys() - known.keys():
        wrong(event["position"], f"the schema of {name} knows no field '{field}'")
    for field in set(schema.get("required", [])) - public.keys():
        wrong(event["position"], f"the schema of {name} asks for the field '{field}'")


def read_schemas(folder):
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}


# --- Ed25519, as RFC 8032 describes it ------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def x_of(y, odd):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and odd):
        raise ValueError("not a point of the curve")
    return x if x % 2 == odd else P - x


def add(a, b):
    t = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + t, P - 2, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, P - 2, P) % P


def times(factor, point):
    found = (0, 1)
    while factor:
        if factor & 1:
            found = add(found, point)
        point, factor = add(point, point), factor >> 1
    return found


def point_of(encoded):
    y = int.from_bytes(encoded, "little")
    y, odd = y & (2**255 - 1), y >> 255
    return x_of(y, odd), y


BASE = (x_of(4 * pow(5, P - 2, P) % P, 0), 4 * pow(5, P - 2, P) % P)


def is_signed(key, signature, message):
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    factor = int.from_bytes(digest, "little") % ORDER
    return times(scalar, BASE) == add(point_of(signature[:32]), times(factor, point_of(key)))


# --- the checkpoint -------------------------------------------------------------------------------------------------


def microseconds(text):
    # Python 3.11 reads an ending Z; older ones do not.
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)


def chain_of(checkpoint):
    return checkpoint.get("chain", "log")


def check(checkpoint, hashes, trusted):
    position, key = checkpoint["position"], checkpoint["key"]
    if trusted and trusted.lower() != key.lower():
        wrong(position, f"the checkpoint was signed with {key}")
    label = b"ringbuch.checkpoint.v1" if chain_of(checkpoint) == "log" else b"ringbuch.log-checkpoint.v1"
    message = (label + number(position) + bytes.fromhex(checkpoint["hash"])
               + number(microseconds(checkpoint["time"])))
    try:
        signed = is_signed(bytes.fromhex(key), bytes.fromhex(checkpoint["signature"]), message)
    except ValueError:
        signed = False
    if not signed:
        wrong(position, "the checkpoint's signature does not hold")
    if position and hashes.get(position, b"").hex() != checkpoint["hash"]:
        wrong(position, "the checkpoint knows another hash there, or the log ends before")


def wrong(position, why):
    print(f"broken at position {position}: {why}")
    sys.exit(3)


def main():
    arguments = argparse.ArgumentParser(description="Checks a bundle of `ringbuch audit export`.")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--key", help="the public key that is trusted")
    given = arguments.parse_args()
    checkpoint = json.loads((given.folder / "checkpoint.json").read_text())
    walk = {"log": walk_log, "streams": walk_streams}[chain_of(checkpoint)]
    with open(given.folder / "events.jsonl", encoding="utf-8") as lines:
        hashes = walk(lines, read_schemas(given.folder / "schemas"))
    check(checkpoint, hashes, given.key)
    print(f"holds: {len(hashes)} events")


main()
