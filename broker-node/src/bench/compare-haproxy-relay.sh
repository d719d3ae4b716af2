#!/usr/bin/env bash
# Measures client -> relay -> host agent -> server and client -> HAProxy -> HAProxy -> server in the same run, in turns, by
# the same client; then connections per second through each, and what hosts' waiting connections cost. Writes a Markdown
# report.
#   mvn -q -DskipTests package && broker-node/src/bench/compare-haproxy-relay.sh broker-node/PERFORMANCE-relay.md
# Everything is on loopback and ends by itself; takes about two minutes. Further settings, by environment:
#   ROUNDS (3) SECONDS_EACH (5) PAYLOAD (random) CHUNK (64KiB) DIALS (5000) POOL (100) WAITING (10000: each takes a file
#   descriptor of the relay and one of the agent)
#   PORT (21900: 20 free ports from here, below the kernel's ephemeral range) BRIDGEHEAD_JAVA_OPTS (relay, agent, client)
set -euo pipefail

report=${1:?usage: compare-haproxy-relay.sh REPORT.md}
# shellcheck source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-5}
payload=${PAYLOAD:-random}
chunk=${CHUNK:-64KiB}
dials=${DIALS:-5000}
pool=${POOL:-100}
waiting=${WAITING:-10000}
port=${PORT:-21900}
hosts=$((port + 3)) commands=$((port + 4)) clients=$((port + 5)) backend=$((port + 6)) agent_metrics=$((port + 7))
front=$((port + 8)) between=$((port + 9)) proxied=$((port + 10))

need "$rounds" haproxy
hard=$(ulimit -H -n)
if [ "$hard" != unlimited ] && [ "$hard" -lt $((waiting + 500)) ]; then
    fail "$hard open files allowed (expected: $((waiting + 500)) for WAITING=$waiting)"
fi
ulimit -n "$hard"
need_ports "$port" 20

# a relay with one service for hosts without a token
start_relay() {
    start_node "$port" relay --set relay.hosts="127.0.0.1:$hosts" --set relay.commands="127.0.0.1:$commands" \
        --set relay.clients="127.0.0.1:$clients" --set relay.anonymous-service=bench \
        --set relay.connections-per-second=0 --set relay.max-connections=100000
    relay_pid=${pids##* }
}

# $1: its pool
start_agent() {
    "$bridgehead" host --service bench --to "127.0.0.1:$backend" --relay "127.0.0.1:$hosts/$commands" --pool "$1" \
        --metrics "127.0.0.1:$agent_metrics" > "$dir/agent.log" 2>&1 &
    pids="$pids $!"
    agent_pid=$!
    await "$agent_pid" "$agent_metrics" "$dir/agent.log"
    for _ in $(seq 300); do
        [ "$(waiting_now)" -lt "$1" ] || return 0
        sleep 0.2
    done
    cat "$dir/agent.log" >&2
    fail "$(waiting_now) connections wait at the relay (expected: $1); the agent's log is above"
}

waiting_now() {
    exec 3<> "/dev/tcp/127.0.0.1/$agent_metrics"
    printf 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n' >&3
    sed -n 's/^bridgehead_host_waiting \([0-9]*\).*/\1/p' <&3
    exec 3>&-
}

# KiB of process $1 after it has collected its garbage
resident() {
    "$(dirname "$(readlink -f "/proc/$1/exe")")/jcmd" "$1" GC.run > /dev/null
    sleep 2
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

contestant=$(haproxy_row)
report_head "Performance of the relay" "Measured by \`broker-node/src/bench/compare-haproxy-relay.sh\` on $(date -u +%F); client, relay, host agent,
HAProxies and server share one machine's cores over loopback. Median of the rounds, lowest and highest in brackets."

start_relay
start_agent "$pool"
start_haproxy far "$between" "$proxied"
start_haproxy near "$front" "$between"
compare=(bridge --relay "127.0.0.1:$clients" --relay-backend-port "$backend" --proxy "127.0.0.1:$front"
    --backend-port "$proxied" --proxy-name "two haproxies" --rounds "$rounds" --seconds "$seconds"
    --payload "$payload" --chunk "$chunk")
bench "${compare[@]}"
section "One client" "Through relay and host agent, beside two HAProxies, one behind the other." "${compare[*]}"

for parallel in 1 16; do
    through=(dials --proxy "127.0.0.1:$clients" --backend-port "$backend" --proxy-name relay --dials "$dials"
        --parallel "$parallel")
    bench "${through[@]}"
    section "Connections, $parallel at a time, through relay and agent" \
        "Each takes one of $pool waiting host connections, which the agent replaces." "${through[*]}"
    through=(dials --proxy "127.0.0.1:$front" --backend-port "$proxied" --proxy-name "two haproxies" --dials "$dials"
        --parallel "$parallel")
    bench "${through[@]}"
    section "Connections, $parallel at a time, through two HAProxies" "The same client." "${through[*]}"
done
end_all

# fresh processes: what the runs above have left in their memory must not hide what waiting costs
rm -rf "$dir/data"
start_relay
start_agent 1
relay_before=$(resident "$relay_pid") agent_before=$(resident "$agent_pid")
kill "$agent_pid"
wait "$agent_pid" || true
pids=${pids% *}
start_agent "$waiting"
relay_after=$(resident "$relay_pid") agent_after=$(resident "$agent_pid")
{
    printf '## Waiting host connections\n\nResident memory after a garbage collection, with one connection and with %s.\n\n' "$waiting"
    printf '| waiting | unit | relay | agent |\n|---|---:|---:|---:|\n'
    printf '| with one | KiB | %s | %s |\n' "$relay_before" "$agent_before"
    printf '| with %s | KiB | %s | %s |\n' "$waiting" "$relay_after" "$agent_after"
    printf '| for each | bytes | %s | %s |\n' $(((relay_after - relay_before) * 1024 / waiting)) \
        $(((agent_after - agent_before) * 1024 / waiting))
} >> "$dir/report.md"
end_all

write_report "$report"
