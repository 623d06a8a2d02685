"""An agent in plain Python without a client library: it reports one breaker and runs operators' commands."""

import json, os, secrets, select, socket, sys, time

hub = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
hub.connect(sys.argv[1] if len(sys.argv) > 1 else os.environ["FUSEBOX_SOCKET"])
state, version, orders = "closed", 0, {"open": "forced_open", "reset": "closed"}


def send(**line):
    hub.sendall(json.dumps({key.rstrip("_"): value for key, value in line.items()}).encode() + b"\n")


def move(to, why, by):
    global state, version
    was, state, version = state, to, version + 1
    send(t="breaker", s="py/search", version=version, from_=was, to=to, by=by, why=why)


send(t="hello", v=1, agent="pyagent", instance=secrets.token_hex(16), pid=os.getpid())
send(t="strategy", s="py/search", kind="breaker", can=list(orders), breaker={"state": state, "version": version})
move("open", "3 consecutive failures", "policy")
buffer = b""
while True:
    send(t="call", s="py/search", end="ok", attempts=2, us=1500, errors=["TimeoutError"])
    if not select.select([hub], [], [], 0.5)[0]:
        continue
    chunk = hub.recv(65536) or sys.exit("the hub closed the connection")
    *lines, buffer = (buffer + chunk).split(b"\n")
    for command in map(json.loads, lines):
        if command["t"] == "command" and time.monotonic() * 1000 < command.get("expires_mono_ms", float("inf")):
            if command["do"] in orders:
                move(orders[command["do"]], "set by an operator", "operator")
            ok = command["do"] in orders
            send(t="ack", id=command["id"], ok=ok, code="unsupported", detail="open and reset only")
