"""Waits until the demo's calls have become bookings and nothing is left to do: python settled.py READY.json"""
import json
import sys
import time
import urllib.request

READY = json.load(open(sys.argv[1]))


def ask(path):
    headers = {"authorization": f"Bearer {READY['companies'][0]['api_key']}"}
    with urllib.request.urlopen(urllib.request.Request(READY["url"] + path, headers=headers)) as answer:
        return json.load(answer)


for _ in range(300):
    backlog = ask("/api/v1/stats/health")["backlog"]
    booked = len(ask("/api/v1/appointments?status=confirmed")["items"])
    if booked >= 3 and not any(todo["age_seconds"] > 0 for todo in backlog.values()):
        sys.exit(0)
    time.sleep(0.2)
sys.exit("the demo does not come to rest")
