"""Lists and calls every tool of the five servers with the PyPI package `mcp`, which speaks the newest revision.

    python call.py READY.json     READY.json: the first line of `ringbuch demo --json`
"""
import asyncio
import hashlib
import hmac
import json
import sys
import time
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx2
import jsonschema
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

READY = json.loads(Path(sys.argv[1]).read_text())
COMPANY = READY["companies"][0]
TALLY = {"passed": 0, "failed": 0}


def variables():
    number = COMPANY["numbers"][0]
    call = {
        "call_id": f"call_peer_{uuid.uuid4()}", "call_type": "phone_call", "direction": "inbound",
        "call_status": "ongoing", "agent_id": COMPANY["agent_id"], "from_number": "+4917139200043",
        "to_number": number, "start_timestamp": int(time.time() * 1000),
    }
    body, now = json.dumps({"event": "call_started", "call": call}), int(time.time() * 1000)
    seal = hmac.new(COMPANY["retell_api_key"].encode(), f"{body}{now}".encode(), hashlib.sha256).hexdigest()
    night = (datetime.now(timezone.utc) + timedelta(days=3)).replace(hour=1, minute=0, second=0, microsecond=0)
    return {
        "body": body, "signature": f"v={now},d={seal}", "night": night.isoformat().replace("+00:00", "Z"),
        "unique": str(uuid.uuid4()), "number": number,
    }


KNOWN = variables()


def at(value, path):
    for name in path.split("."):
        if isinstance(value, list):
            value = value[int(name)] if int(name) < len(value) else None
        else:
            value = (value or {}).get(name)
    return value


def filled(value):
    if isinstance(value, str) and value.startswith("$"):
        return KNOWN.get(value[1:])
    if isinstance(value, list):
        return [filled(item) for item in value]
    if isinstance(value, dict):
        return {name: filled(item) for name, item in value.items()}
    return value


def judge(what, good, why):
    TALLY["passed" if good else "failed"] += 1
    if not good:
        print(f"FAILED {what}: {str(why)[:500]}")


def same(one, other):
    times = [datetime.fromisoformat(it.replace("Z", "+00:00")) if "T" in str(it) else it for it in (one, other)]
    return times[0] == times[1]


async def step(client, server, schemas, it):
    what = f"{server} {it['tool']}"
    try:
        result = await client.call_tool(it["tool"], filled(it["args"]))
        for _ in range(100):
            wanted = filled(it.get("until", {}))
            if all(same(at(result.structured_content, name), value) for name, value in wanted.items()):
                break
            await asyncio.sleep(0.2)
            result = await client.call_tool(it["tool"], filled(it["args"]))
        else:
            judge(what, False, "never came about")
        text = result.content[0].text
        judge(what, bool(result.is_error) == bool(it.get("fails")), text)
        judge(f"{what} (text)", 0 < len(text) <= 15_000, len(text))
        if not result.is_error:
            jsonschema.validate(result.structured_content, schemas[it["tool"]])
        for name, path in it.get("keep", {}).items():
            KNOWN[name] = at(result.structured_content, path)
            judge(f"{what} keeps {name}", KNOWN[name] is not None, text)
        for name, path in it.get("same", {}).items():
            judge(f"{what} again", at(result.structured_content, path) == KNOWN[name], text)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is a failed step
        judge(what, False, repr(error))


async def server_of(name, steps):
    server, _, line = name.partition(" on the ")
    headers = {"authorization": f"Bearer {COMPANY['api_key']}"}
    if line:
        headers["x-call-id"] = KNOWN["call"]
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        transport = streamable_http_client(f"{READY['url']}/mcp/{server}", http_client=http)
        async with Client(transport) as client:
            tools = (await client.list_tools()).tools
            forgotten = {tool.name for tool in tools} ^ {it["tool"] for it in steps}
            judge(f"{name}: every tool is called", not forgotten, forgotten)
            schemas = {tool.name: tool.output_schema for tool in tools}
            for it in steps:
                await step(client, name, schemas, it)
            judge(f"{name}: prompts", len((await client.list_prompts()).prompts) > 0, "none")
            judge(f"{name}: resources", len((await client.list_resources()).resources) > 0, "none")


async def main():
    steps = json.loads(Path(__file__).with_name("steps.json").read_text())
    for name, list_of in steps.items():
        await server_of(name, list_of)
    print(f"python-sdk: {TALLY['passed']} passed, {TALLY['failed']} failed")
    sys.exit(1 if TALLY["failed"] else 0)


asyncio.run(main())
