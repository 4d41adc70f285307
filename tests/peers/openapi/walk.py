"""Asks a demo for every list and for the first items of each, and holds each answer against the document."""

import sys
import time

import schemathesis

URL, KEY = sys.argv[1:]
HEADERS = {"Authorization": f"Bearer {KEY}"}
# What names an item of a list in the address of its detail, by the list's path.
NAMES = {
    "calls": "call", "appointments": "booking", "customers": "customer", "branches": "branch",
    "phone-numbers": "number", "event-types": "event_type", "staff": "staff", "agents": "agent",
    "webhooks": "delivery", "events": "position", "projections": "name", "users": "user_id", "alerts": "alert",
}
# Nobody is invited to the demo's companies, and nothing alarms anybody there.
MAY_BE_EMPTY = {"users", "alerts"}
# A stream has no end that could be waited for.
ENDLESS = {"/api/v1/live"}
# What these need to be asked at all.
QUERIES = {"/api/v1/availability": {"branch": None, "start": "2030-01-07T09:00:00Z"}}
FIRST = 5

schema = schemathesis.openapi.from_url(f"{URL}/api/openapi.json")
answers, failed = 0, []


def ask(operation, place=None, query=None):
    """The answer, where it is as it should be."""
    global answers
    case = operation.Case(path_parameters=place or {}, query=query or {}, headers=HEADERS)
    response = case.call()
    answers += 1
    try:
        case.validate_response(response)
        assert response.status_code < 500 or response.status_code == 502, response.status_code
        return response
    except (Exception, BaseExceptionGroup) as wrong:  # every kind of nonconformance counts
        failed.append(f"{operation.method.upper()} {operation.path} {place}: {wrong}")
        return response


reads = [one.ok() for one in schema.get_all_operations() if one.ok().method == "get" and one.ok().path not in ENDLESS]
found = {}

# The demo plays its calls once it is ready, and booking takes a moment.
booked = next(it for it in reads if it.path == "/api/v1/appointments")
for _ in range(120):
    if ask(booked).json()["items"]:
        break
    time.sleep(0.5)

for operation in sorted((it for it in reads if "{" not in it.path), key=lambda it: it.path in QUERIES):
    query = dict(QUERIES.get(operation.path, {}))
    if "branch" in query:
        query["branch"] = found["branches"][0]
    response = ask(operation, query=query)
    things = operation.path.split("/")[3]
    if response.status_code == 200 and operation.path.count("/") == 3 and things in NAMES:
        found[things] = [item[NAMES[things]] for item in response.json()["items"][:FIRST]]
        assert found[things] or things in MAY_BE_EMPTY, f"the demo has no {things}"
found["streams"] = [event["stream"] for event in ask(next(it for it in reads if it.path == "/api/v1/events")).json()["items"]][:FIRST]
for operation in (it for it in reads if "{" in it.path):
    for name in found[operation.path.split("/")[3]]:
        ask(operation, {"id": str(name)})

print("\n\n".join(failed))
print(f"{answers} answers, {len(failed)} not as described")
sys.exit(1 if failed else 0)
