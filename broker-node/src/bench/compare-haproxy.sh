#!/usr/bin/env bash
# Measures this broker and HAProxy in the same run, in turns, by the same client, and writes a Markdown report.
#   mvn -q -DskipTests package && broker-node/src/bench/compare-haproxy.sh broker-node/PERFORMANCE.md
# Everything is on loopback and ends by itself; takes about two minutes. Further settings, by environment:
#   ROUNDS (3) SECONDS_EACH (5) PAYLOAD (random) CHUNK (64KiB) USERS (15000) PROXIED (8000: HAProxy needs two
#   sockets for each, as does the client) REGISTRATIONS (10000) PAIRS (2000) PORT (21700: five free ports from here,
#   below the kernel's ephemeral range) BRIDGEHEAD_JAVA_OPTS (for the broker and the client)
set -euo pipefail

# Debian keeps haproxy where only root looks
PATH=$PATH:/usr/sbin

report=${1:?usage: compare-haproxy.sh REPORT.md}
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
bridgehead=$here/../../target/dist/bin/bridgehead
rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-5}
payload=${PAYLOAD:-random}
chunk=${CHUNK:-64KiB}
users=${USERS:-15000}
proxied=${PROXIED:-8000}
registrations=${REGISTRATIONS:-10000}
pairs=${PAIRS:-2000}
port=${PORT:-21700}
line=127.0.0.1:$port admin=127.0.0.1:$((port + 1)) metrics=127.0.0.1:$((port + 2))
front=127.0.0.1:$((port + 3)) backend=$((port + 4))

fail() {
    echo "compare-haproxy: $*" >&2
    exit 1
}

[ -x "$bridgehead" ] || fail "$bridgehead: no such program; build it with: mvn -q -DskipTests package"
command -v haproxy > /dev/null || fail "no haproxy; install it with: apt-get update && apt-get install -y haproxy"
[ "$rounds" -ge 3 ] || fail "ROUNDS=$rounds (expected: 3 or more)"
hard=$(ulimit -H -n)
needed=$((users > 2 * proxied ? users + 500 : 2 * proxied + 500))
if [ "$hard" != unlimited ] && [ "$hard" -lt "$needed" ]; then
    fail "$hard open files allowed (expected: $needed for USERS=$users and PROXIED=$proxied)"
fi
ulimit -n "$hard"

dir=$(mktemp -d)
bench_pid='' broker_pid='' haproxy_pid=''

# ends one process of ours by its id
end() {
    [ -n "$1" ] || return 0
    kill "$1" 2> /dev/null || true
    wait "$1" 2> /dev/null || true
}

finish() {
    end "$bench_pid"
    end "$broker_pid"
    end "$haproxy_pid"
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

listens() {
    (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

# waits until the process $1 listens on port $2; $3 is its log
await() {
    for _ in $(seq 150); do
        kill -0 "$1" 2> /dev/null || break
        ! listens "$2" || return 0
        sleep 0.2
    done
    cat "$3" >&2
    fail "nothing listens on port $2; the log is above"
}

start_broker() {
    rm -rf "$dir/data"
    mkdir "$dir/data"
    "$bridgehead" serve \
        --set node.drain-time=1s --set node.data-dir="$dir/data" --set store.url="jdbc:sqlite:$dir/data/bench.db" \
        --set accounts.mode=open --set estim.listen="$line" --set estim.websocket= \
        --set estim.connections-per-second=0 --set estim.max-connections=20000 \
        --set signalling.listen= --set relay.hosts= --set relay.commands= --set relay.clients= \
        --set rendezvous.http= --set rendezvous.udp= --set bester.listen= \
        --set admin.listen="$admin" --set admin.token-file="$dir/data/token" --set metrics.listen="$metrics" \
        > "$dir/broker.log" 2>&1 &
    broker_pid=$!
    await "$broker_pid" "$port" "$dir/broker.log"
}

# the front only: the backend is the client's, and a try at the front would reach for it
start_haproxy() {
    cat > "$dir/haproxy.cfg" << CONFIG
global
    nbthread $(nproc)
    maxconn $((proxied + 500))
defaults
    mode tcp
    timeout connect 10s
    timeout client 10m
    timeout server 10m
frontend front
    bind $front backlog 4096
    default_backend far
backend far
    server bench 127.0.0.1:$backend
CONFIG
    haproxy -db -f "$dir/haproxy.cfg" > "$dir/haproxy.log" 2>&1 &
    haproxy_pid=$!
    await "$haproxy_pid" "$((port + 3))" "$dir/haproxy.log"
}

for each in 0 1 2 3 4; do
    ! listens $((port + each)) || fail "port $((port + each)) is in use; choose five free ones with PORT="
done

# in the background: a signal ends a wait at once, but not a command in the foreground
bench() {
    "$bridgehead" bench "$@" --markdown "$dir/table.md" &
    bench_pid=$!
    wait "$bench_pid"
    bench_pid=''
}

compare=(bridge --broker "$line" --proxy "$front" --backend-port "$backend" --proxy-name haproxy
    --rounds "$rounds" --seconds "$seconds" --payload "$payload" --chunk "$chunk")

{
    echo "# Performance"
    echo
    echo "Measured by \`broker-node/src/bench/compare-haproxy.sh\` on $(date -u +%F), client, broker and HAProxy on one"
    echo "machine over loopback. Median of the rounds, lowest and highest in brackets."
    echo
    echo "| | |"
    echo "|---|---|"
    echo "| CPU | $(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | sed -n 1p), $(nproc) cores |"
    echo "| memory | $(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo | awk '{printf "%.0f GiB", $1 / 1048576}') |"
    echo "| kernel | $(uname -sr) |"
    echo "| broker | $("$bridgehead" --version | tr '\n' ' ') |"
    echo "| HAProxy | $(haproxy -v | sed -n '1s/ - .*//p'), mode tcp, nbthread $(nproc) |"
    echo "| load average before | $(cut -d' ' -f1-3 /proc/loadavg) |"
    echo
} > "$dir/report.md"

section() {
    {
        printf '## %s\n\n' "$1"
        printf '%s\n\n' "$2"
        printf '```\nbridgehead bench %s\n```\n\n' "$3"
        cat "$dir/table.md"
    } >> "$dir/report.md"
    rm "$dir/table.md"
}

start_broker
start_haproxy
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
end "$broker_pid" && broker_pid=''
end "$haproxy_pid" && haproxy_pid=''
start_broker
bench idle --broker "$line" --pid "$broker_pid" --users "$users" --collect
section "Idle users" "Resident memory of a fresh broker that has collected its garbage, before and after." \
    "idle --broker $line --pid PID --users $users --collect"
end "$broker_pid" && broker_pid=''
start_haproxy
bench idle --broker "$front" --pid "$haproxy_pid" --users "$proxied" --plain --backend-port "$backend" --label haproxy
section "HAProxy, idle connections" \
    "Two sockets each, front and backend: a proxied connection stands beside two users of the broker." \
    "idle --broker $front --pid PID --users $proxied --plain --backend-port $backend --label haproxy"

cp "$dir/report.md" "$report"
echo "written: $report"
