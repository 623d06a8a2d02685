"""An agent in plain Python, from the protocol alone: it shows one strategy and obeys its operator."""

import json, os, secrets, socket, sys, time

path = sys.argv[1] if len(sys.argv) > 1 else os.environ["FUSEBOX_SOCKET"]
hub = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
hub.connect(path)
state, version, number = "closed", 0, 0


def send(**line):
    hub.sendall(json.dumps(line).encode() + b"\n")


def move(to, why, by):
    global state, version
    state, was, version = to, state, version + 1
    send(t="breaker", s="py/search", version=version, **{"from": was}, to=to, by=by, why=why)


send(t="hello", v=1, agent="pyagent", instance=secrets.token_hex(16), pid=os.getpid(), client="plain-python/1",
     interval_ms=500)
send(t="strategy", s="py/search", kind="breaker", can=["open", "reset"], breaker={"state": state, "version": version})
move("open", "3 consecutive failures", "policy")
hub.settimeout(0.5)
lines = b""
while True:
    number += 1
    send(t="delta", s="py/search", n=number, ms=500, ok=3, failed=1, attempts=5, retries={"0": 3, "1": 1},
         errors={"TimeoutError": 2}, latency=[[141, 3], [160, 1]])
    try:
        chunk = hub.recv(65536)
    except TimeoutError:
        continue
    if not chunk:
        break
    *whole, lines = (lines + chunk).split(b"\n")
    for command in map(json.loads, whole):
        if command["t"] == "command" and time.monotonic() * 1000 < command.get("expires_mono_ms", float("inf")):
            if command["do"] in ("open", "reset"):
                move({"open": "forced_open", "reset": "closed"}[command["do"]], "asked to", "operator")
                send(t="ack", id=command["id"], ok=True, version=version)
            else:
                send(t="ack", id=command["id"], ok=False, code="unsupported", detail="open and reset only")
