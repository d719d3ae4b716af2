#!/usr/bin/env bash
# Measures signalling beside PeerServer of the PeerJS project (npm `peer`) in the same run, in turns, by the same client:
# messages between couples of peers, one node and two, and what idle peers cost. Writes a Markdown report.
#   mvn -q -DskipTests package && broker-node/src/bench/compare-peerjs.sh broker-node/PERFORMANCE-signalling.md
# Everything is on loopback and ends by itself; takes about twenty minutes. Further settings, by environment:
#   ROUNDS (3) SECONDS_EACH (3) WARM_UP (90 seconds) COUPLES (100) RATE (4000: messages a second that both can carry)
#   BURST (8: candidates of a browser with servers for STUN and TURN, over UDP and TCP) PEERS (4000, idle)
#   PORT (21900: 20 free ports from here, below the kernel's ephemeral range) BRIDGEHEAD_JAVA_OPTS (brokers and client)
#   PEERJS (1.0.2: its version) PARTS (one two idle)
set -euo pipefail

report=${1:?usage: compare-peerjs.sh REPORT.md}
# shellcheck source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-3}
warm_up=${WARM_UP:-90}
couples=${COUPLES:-100}
rate=${RATE:-4000}
burst=${BURST:-8}
# seconds, for servers that have run before
warm_again=$((warm_up / 3))
peers=${PEERS:-4000}
port=${PORT:-21900}
peerjs=${PEERJS:-1.0.2}
parts=${PARTS:-one two idle}
js=$((port + 19))

need "$rounds" node npm taskset
[ "$(nproc)" -ge 2 ] || fail "$(nproc) core (expected: 2 or more, one for the client)"
ulimit -n "$(ulimit -H -n)"
need_ports "$port" 20
npm install --prefix "$dir/peerjs" --no-audit --no-fund --loglevel error "peer@$peerjs" > "$dir/npm.log" 2>&1 || {
    cat "$dir/npm.log" >&2
    fail "peer@$peerjs cannot be installed"
}

# in `peerjs_pid`
start_peerjs() {
    "${on_server[@]}" node "$dir/peerjs/node_modules/.bin/peerjs" --port "$js" --host 127.0.0.1 --concurrent_limit 20000 \
        > "$dir/peerjs.log" 2>&1 &
    peerjs_pid=$!
    pids="$pids $peerjs_pid"
    await "$peerjs_pid" "$js" "$dir/peerjs.log"
}

# ports of node $1: line, admin, metrics, member, bus, signalling
base() {
    echo $((port + ($1 - 1) * 6))
}

# nodes 1..$1; signalling's addresses in `brokers`, their processes in `broker_pids`
start_brokers() {
    local node at members=''
    for node in $(seq "$1"); do
        members=${members:+$members,}127.0.0.1:$(($(base "$node") + 3))
    done
    rm -rf "$dir/data"
    brokers='' broker_pids=''
    for node in $(seq "$1"); do
        at=$(base "$node")
        start_node "$at" "n$node" --set node.name="n$node" --set cluster.enabled="$([ "$1" -gt 1 ] && echo true || echo false)" \
            --set cluster.members="$members" --set cluster.expected-nodes="$1" \
            --set cluster.listen="127.0.0.1:$((at + 3))" --set cluster.event-bus="127.0.0.1:$((at + 4))" \
            --set signalling.listen="127.0.0.1:$((at + 5))" --set signalling.connections-per-second=0 \
            --set signalling.messages-per-second=100000 --set signalling.message-burst=100000
        brokers=${brokers:+$brokers,}127.0.0.1:$((at + 5))
        broker_pids=${broker_pids:+$broker_pids,}${pids##* }
    done
}

contestant="| PeerServer | npm peer $peerjs on Node $(node --version), one process: it cannot share its peers with another |"
report_head "Performance of signalling" "Measured by \`broker-node/src/bench/compare-peerjs.sh\` on $(date -u +%F); client, nodes and PeerServer share one
machine's cores over loopback. Couples of peers send each other ICE candidates in turns: $burst at once, as a browser does that
finds them all within milliseconds, or one at a time.
While messages are measured the servers, both nodes together or PeerServer, have the first core and the client the second.
\"messages a core\" is messages by the processor time of the server's processes, all their threads; \"core time of one\" is that
time of one message, and \"in the kernel\" what of it \`/proc/PID/stat\` counts as the kernel's. Median of the rounds, lowest and
highest in brackets."

# $1: title, $2: explanation, $3: candidates at once, $4: rate, $5: seconds to warm up
messages() {
    local arguments=(--couples "$couples" --burst "$3" --rounds "$rounds" --seconds "$seconds" --rate "$4" --warm-up "$5")
    bench signalling --broker "$brokers" --broker-pid "$broker_pids" --peerjs "127.0.0.1:$js" --peerjs-pid "$peerjs_pid" \
        "${arguments[@]}"
    section "$1" "$2" "signalling --broker $brokers --broker-pid PIDS --peerjs 127.0.0.1:$js --peerjs-pid PID ${arguments[*]}"
}

on_server=(taskset -c 0) on_client=(taskset -c 1)
case " $parts " in *" one "*)
    start_brokers 1
    start_peerjs
    messages "One node, bursts" "Each answers $burst candidates with as many, at once: as fast as it goes." "$burst" 0 "$warm_up"
    messages "One node, one at a time" "Each answers a candidate with one, at once: as fast as it goes." 1 0 "$warm_again"
    messages "One node, the same load" "Both carry $rate messages a second, one at a time: what it costs, and how long one takes." \
        1 "$rate" 0
    end_all
    ;;
esac
case " $parts " in *" two "*)
    start_brokers 2
    start_peerjs
    messages "Two nodes, bursts" "Every couple sits on both nodes: each message crosses between them." "$burst" 0 "$warm_up"
    messages "Two nodes, one at a time" "As fast as it goes." 1 0 "$warm_again"
    messages "Two nodes, the same load" "Both carry $rate messages a second, one at a time." 1 "$rate" 0
    end_all
    ;;
esac
on_server=() on_client=()
case " $parts " in *" idle "*)
    start_brokers 1
    bench signalling-idle --broker "$brokers" --pid "$broker_pids" --peers "$peers" --collect
    section "Idle peers" "Resident memory of a fresh node that has collected its garbage, before and after." \
        "signalling-idle --broker $brokers --pid PID --peers $peers --collect"
    end_all
    start_peerjs
    bench signalling-idle --peerjs "127.0.0.1:$js" --pid "$peerjs_pid" --peers "$peers"
    section "PeerServer, idle peers" "Resident memory of a fresh process, before and after." \
        "signalling-idle --peerjs 127.0.0.1:$js --pid PID --peers $peers"
    end_all
    ;;
esac

write_report "$report"
