#!/usr/bin/env bash
# Measures this broker and HAProxy in the same run, in turns, by the same client, and writes a Markdown report.
#   mvn -q -DskipTests package && broker-node/src/bench/compare-haproxy.sh broker-node/PERFORMANCE.md
# Everything is on loopback and ends by itself; takes about two minutes. Further settings, by environment:
#   ROUNDS (3) SECONDS_EACH (5) PAYLOAD (random) CHUNK (64KiB) USERS (15000) PROXIED (8000: HAProxy needs two
#   sockets for each, as does the client) REGISTRATIONS (10000) PAIRS (2000) PORT (21700: five free ports from here,
#   below the kernel's ephemeral range) BRIDGEHEAD_JAVA_OPTS (for the broker and the client)
set -euo pipefail

report=${1:?usage: compare-haproxy.sh REPORT.md}
# shellcheck source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-5}
payload=${PAYLOAD:-random}
chunk=${CHUNK:-64KiB}
users=${USERS:-15000}
proxied=${PROXIED:-8000}
registrations=${REGISTRATIONS:-10000}
pairs=${PAIRS:-2000}
port=${PORT:-21700}
line=127.0.0.1:$port
front=$((port + 3)) backend=$((port + 4))

need "$rounds" haproxy
hard=$(ulimit -H -n)
needed=$((users > 2 * proxied ? users + 500 : 2 * proxied + 500))
if [ "$hard" != unlimited ] && [ "$hard" -lt "$needed" ]; then
    fail "$hard open files allowed (expected: $needed for USERS=$users and PROXIED=$proxied)"
fi
ulimit -n "$hard"
need_ports "$port" 5

start_proxy() {
    start_haproxy haproxy "$front" "$backend" 'backlog 4096' '' "maxconn $((proxied + 500))"
}

compare=(bridge --broker "$line" --proxy "127.0.0.1:$front" --backend-port "$backend" --proxy-name haproxy
    --rounds "$rounds" --seconds "$seconds" --payload "$payload" --chunk "$chunk")

contestant=$(haproxy_row)
report_head Performance "Measured by \`broker-node/src/bench/compare-haproxy.sh\` on $(date -u +%F), client, broker and HAProxy on one
machine over loopback. Median of the rounds, lowest and highest in brackets."

start_node "$port" broker
start_proxy
bench "${compare[@]}"
section "One bridge, beside HAProxy" \
    "The two take turns, and swap who is first in each round. The broker scans every byte for commands; HAProxy copies." \
    "${compare[*]}"

bench registrations --broker "$line" --users "$registrations"
section "Registrations" "Each user connects, registers, reads the answer and leaves." \
    "registrations --broker $line --users $registrations"
bench connects --broker "$line" --pairs "$pairs"
section "Calls" "From sending \`;connect\` to reading \`;connected\`, the callee accepts at once; one call at a time." \
    "connects --broker $line --pairs $pairs"

# fresh processes: what the runs above have left in their memory must not hide what users cost
end_all
rm -rf "$dir/data"
start_node "$port" broker
bench idle --broker "$line" --pid "${pids# }" --users "$users" --collect
section "Idle users" "Resident memory of a fresh broker that has collected its garbage, before and after." \
    "idle --broker $line --pid PID --users $users --collect"
end_all
start_proxy
bench idle --broker "127.0.0.1:$front" --pid "${pids# }" --users "$proxied" --plain --backend-port "$backend" --label haproxy
section "HAProxy, idle connections" \
    "Two sockets each, front and backend: a proxied connection stands beside two users of the broker." \
    "idle --broker 127.0.0.1:$front --pid PID --users $proxied --plain --backend-port $backend --label haproxy"

write_report "$report"
