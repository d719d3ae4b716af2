# What the comparisons share; sourced by them. Makes a directory of its own, and ends what is in `pids` on the way out.
# shellcheck shell=bash

# Debian keeps haproxy where only root looks
PATH=$PATH:/usr/sbin

bridgehead=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)/../../target/dist/bin/bridgehead
bench_pid='' pids=''
# what a server and the client are started by, such as: taskset -c 0
on_server=() on_client=()

fail() {
    echo "$(basename "$0" .sh): $*" >&2
    exit 1
}

# a build, $1 rounds, of which a median needs three, and the other programs
need() {
    local program
    [ -x "$bridgehead" ] || fail "$bridgehead: no such program; build it with: mvn -q -DskipTests package"
    [ "$1" -ge 3 ] || fail "ROUNDS=$1 (expected: 3 or more)"
    shift
    for program in "$@"; do
        command -v "$program" > /dev/null ||
            fail "no $program; install it with: apt-get update && apt-get install -y ${program/#node/nodejs}"
    done
}

# ends processes of ours by their ids
end_all() {
    local pid
    for pid in $pids; do
        kill "$pid" 2> /dev/null || true
    done
    for pid in $pids; do
        wait "$pid" 2> /dev/null || true
    done
    pids=''
}

finish() {
    [ -z "$bench_pid" ] || kill "$bench_pid" 2> /dev/null || true
    end_all
    rm -rf "$dir"
}
dir=$(mktemp -d)
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

listens() {
    (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

# waits until the process $1 listens on port $2; $3 is its log
await() {
    for _ in $(seq 300); do
        kill -0 "$1" 2> /dev/null || break
        ! listens "$2" || return 0
        sleep 0.2
    done
    cat "$3" >&2
    fail "nothing listens on port $2; the log is above"
}

# fails unless $2 ports from $1 on are free
need_ports() {
    local each
    for each in $(seq "$1" $(($1 + $2 - 1))); do
        ! listens "$each" || fail "port $each is in use; choose $2 free ones from another on with PORT="
    done
}

# node of a broker on ports $1: line, $1 + 1: admin, $1 + 2: metrics; $2 names its log; further arguments for it
start_node() {
    local at=$1 log=$dir/$2.log
    shift 2
    mkdir -p "$dir/data"
    "${on_server[@]}" "$bridgehead" serve \
        --set node.drain-time=1s --set node.data-dir="$dir/data" --set store.url="jdbc:sqlite:$dir/data/bench.db" \
        --set accounts.mode=open --set estim.listen="127.0.0.1:$at" --set estim.websocket= \
        --set estim.connections-per-second=0 --set estim.max-connections=20000 \
        --set signalling.listen= --set relay.hosts= --set relay.commands= --set relay.clients= \
        --set rendezvous.http= --set rendezvous.udp= --set bester.listen= \
        --set admin.listen="127.0.0.1:$((at + 1))" --set admin.token-file="$dir/data/token" \
        --set metrics.listen="127.0.0.1:$((at + 2))" "$@" > "$log" 2>&1 &
    pids="$pids $!"
    await $! "$at" "$log"
}

# the row of a report
haproxy_row() {
    echo "| HAProxy | $(haproxy -v | sed -n '1s/ - .*//p'), mode tcp, nbthread $(nproc) |"
}

# HAProxy named $1 on 127.0.0.1:$2 before 127.0.0.1:$3; $4: options of bind, $5: of server, $6: lines of global.
# Its port is tried, and with it the server behind: that one must be there, or be the client's own.
start_haproxy() {
    cat > "$dir/$1.cfg" << CONFIG
global
    nbthread $(nproc)
    ${6:-}
defaults
    mode tcp
    timeout connect 10s
    timeout client 10m
    timeout server 10m
frontend front
    bind 127.0.0.1:$2 ${4:-}
    default_backend far
backend far
    server far 127.0.0.1:$3 ${5:-}
CONFIG
    haproxy -db -f "$dir/$1.cfg" > "$dir/$1.log" 2>&1 &
    pids="$pids $!"
    await $! "$2" "$dir/$1.log"
}

# in the background: a signal ends a wait at once, but not a command in the foreground
bench() {
    "${on_client[@]}" "$bridgehead" bench "$@" --markdown "$dir/table.md" &
    bench_pid=$!
    wait "$bench_pid"
    bench_pid=''
}

# $1: title, $2: what is measured with what; `contestant` is the row of what stands beside the broker
report_head() {
    {
        printf '# %s\n\n%s\n\n' "$1" "$2"
        echo "| | |"
        echo "|---|---|"
        echo "| CPU | $(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | sed -n 1p), $(nproc) cores |"
        echo "| memory | $(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo | awk '{printf "%.0f GiB", $1 / 1048576}') |"
        echo "| kernel | $(uname -sr) |"
        echo "| broker | $("$bridgehead" --version | tr '\n' ' ') |"
        echo "$contestant"
        echo "| load average before | $(cut -d' ' -f1-3 /proc/loadavg) |"
        echo
    } > "$dir/report.md"
}

# $1: title, $2: explanation, $3: arguments of the benchmark that has just run
section() {
    {
        printf '## %s\n\n%s\n\n' "$1" "$2"
        printf '```\nbridgehead bench %s\n```\n\n' "$3"
        cat "$dir/table.md"
    } >> "$dir/report.md"
    rm "$dir/table.md"
}

# $1: where the report goes
write_report() {
    cp "$dir/report.md" "$1"
    echo "written: $1"
}
