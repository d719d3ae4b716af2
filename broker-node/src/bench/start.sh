#!/usr/bin/env bash
# Measures how long one node of a cluster and three at once take to be ready, before and after `bridgehead prepare`, in a
# copy of the program; prints milliseconds.
#   mvn -q -DskipTests package && broker-node/src/bench/start.sh
# Everything is on loopback and ends by itself; takes about two minutes. Further settings, by environment:
#   PORT (21900: 20 free ports from here, below the kernel's ephemeral range) BRIDGEHEAD_JAVA_OPTS
set -euo pipefail

# shellcheck source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
port=${PORT:-21900}
need 3 curl
need_ports "$port" 20

cp -r "$(dirname -- "$bridgehead")/.." "$dir/dist"
rm -f "$dir"/dist/lib/prepared.*
bridgehead=$dir/dist/bin/bridgehead

# node $1 of $2, in the background
start() {
    local at=$((port + $1 * 5)) members='' node
    for node in $(seq "$2"); do
        members=${members:+$members,}127.0.0.1:$((port + node * 5 + 1))
    done
    mkdir -p "$dir/data$1"
    "$bridgehead" serve --set node.name="n$1" --set node.data-dir="$dir/data$1" --set node.drain-time=1s \
        --set store.url="jdbc:sqlite:$dir/start.db" --set accounts.mode=open \
        --set admin.listen="127.0.0.1:$((at + 4))" --set admin.token-file="$dir/data$1/admin.token" \
        --set estim.listen="127.0.0.1:$at" --set estim.websocket= --set signalling.listen= \
        --set cluster.enabled=true --set cluster.members="$members" --set cluster.listen="127.0.0.1:$((at + 1))" \
        --set cluster.event-bus="127.0.0.1:$((at + 2))" --set metrics.listen="127.0.0.1:$((at + 3))" \
        > "$dir/start$1.log" 2>&1 &
    pids="$pids $!"
}

# $1 nodes at once, $2: what they are
measure() {
    local node began
    began=$(date +%s%N)
    for node in $(seq "$1"); do
        start "$node" "$1"
    done
    for node in $(seq "$1"); do
        for _ in $(seq 600); do
            ! curl -fs -o /dev/null "http://127.0.0.1:$((port + node * 5 + 3))/health/ready" || continue 2
            sleep 0.1
        done
        fail "node $node did not get ready: $(tail -n 3 "$dir/start$node.log")"
    done
    echo "$2, nodes: $1, all ready after $((($(date +%s%N) - began) / 1000000)) ms"
    end_all
}

measure 1 'as it was'
measure 3 'as it was'
"$bridgehead" prepare
measure 1 prepared
measure 3 prepared
