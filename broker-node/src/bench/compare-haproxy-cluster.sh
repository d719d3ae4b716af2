#!/usr/bin/env bash
# Measures a bridge across two nodes and a connection through two HAProxies, one behind the other, in the same run, in
# turns, by the same client: first with plain hops between the two, then with mutual TLS. Then what one, two and three
# nodes register and connect. Writes a Markdown report.
#   mvn -q -DskipTests package && broker-node/src/bench/compare-haproxy-cluster.sh broker-node/PERFORMANCE-cluster.md
# Everything is on loopback and ends by itself; takes some twenty minutes. A round's p50 is one of two figures, a quarter
# apart, for either contestant: hence nine rounds. Further settings, by environment:
#   ROUNDS (9) SECONDS_EACH (2) PAYLOAD (random) CHUNK (64KiB) REGISTRATIONS (10000) PAIRS (2000)
#   PORT (21800: 40 free ports from here, below the kernel's ephemeral range) BRIDGEHEAD_JAVA_OPTS (brokers and client)
#   PARTS (plain tls rates) WARM_UP (150: seconds of traffic before the first round, and 2,000 round trips for each)
set -euo pipefail

report=${1:?usage: compare-haproxy-cluster.sh REPORT.md}
# shellcheck source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
rounds=${ROUNDS:-9}
seconds=${SECONDS_EACH:-2}
payload=${PAYLOAD:-random}
chunk=${CHUNK:-64KiB}
registrations=${REGISTRATIONS:-10000}
pairs=${PAIRS:-2000}
port=${PORT:-21800}
parts=${PARTS:-plain tls rates}
warm_up=${WARM_UP:-150}
front=$((port + 30)) between=$((port + 31)) backend=$((port + 32))

need "$rounds" haproxy
ulimit -n "$(ulimit -H -n)"
need_ports "$port" 40

# ports of node $1: line, admin, metrics, member, bus
base() {
    echo $((port + $1 * 5))
}

# nodes 1..$1, each of which knows all; further arguments for each
start_cluster() {
    local count=$1 node at members=''
    shift
    for node in $(seq "$count"); do
        members=${members:+$members,}127.0.0.1:$(($(base "$node") + 3))
    done
    rm -rf "$dir/data"
    for node in $(seq "$count"); do
        at=$(base "$node")
        start_node "$at" "n$node" --set node.name="n$node" --set cluster.enabled=true \
            --set cluster.members="$members" --set cluster.expected-nodes="$count" \
            --set cluster.listen="127.0.0.1:$((at + 3))" --set cluster.event-bus="127.0.0.1:$((at + 4))" "$@"
    done
}

# two of them, one behind the other; the arguments are the options of the hop between them
start_haproxies() {
    start_haproxy far "$between" "$backend" "$2"
    start_haproxy near "$front" "$between" '' "$1"
}

contestant=$(haproxy_row)
report_head "Performance of a cluster" "Measured by \`broker-node/src/bench/compare-haproxy-cluster.sh\` on $(date -u +%F); client, nodes and HAProxies
share one machine's cores over loopback. Before the first round nodes have bridged bytes for $warm_up s, and then
$((warm_up * 2000)) round trips. Median of the rounds, lowest and highest in brackets."

compare=(bridge --broker "127.0.0.1:$(base 1),127.0.0.1:$(base 2)" --proxy "127.0.0.1:$front"
    --backend-port "$backend" --proxy-name "two haproxies" --rounds "$rounds" --seconds "$seconds"
    --payload "$payload" --chunk "$chunk")

# the nodes' byte code is to be compiled before the first round
warm() {
    "$bridgehead" bench bridge --broker "127.0.0.1:$(base 1),127.0.0.1:$(base 2)" --rounds 1 --warm-up "$warm_up" \
        --round-trips "$((warm_up * 2000))" --seconds 1 --verify 1MiB > /dev/null
}

case " $parts " in *" plain "*)
    start_cluster 2
    start_haproxies '' ''
    warm
    bench "${compare[@]}"
    section "A bridge across two nodes, plain bus" "Beside two HAProxies, one behind the other." "${compare[*]}"
    end_all
    ;;
esac
case " $parts " in *" tls "*)
    "$bridgehead" cluster init --out "$dir/tls" --hosts 127.0.0.1,localhost > /dev/null
    cat "$dir/tls/node.pem" "$dir/tls/node-key.pem" > "$dir/tls/both.pem"
    start_cluster 2 --set cluster.tls.cert="$dir/tls/node.pem" --set cluster.tls.key="$dir/tls/node-key.pem" \
        --set cluster.tls.ca="$dir/tls/ca.pem"
    start_haproxies "ssl crt $dir/tls/both.pem verify required ca-file $dir/tls/ca.pem" \
        "ssl crt $dir/tls/both.pem verify required ca-file $dir/tls/ca.pem"
    warm
    bench "${compare[@]}"
    section "A bridge across two nodes, bus on mutual TLS" \
        "Beside two HAProxies with mutual TLS 1.3 between them." "${compare[*]}"
    end_all
    ;;
esac
case " $parts " in *" rates "*)
    for count in 1 2 3; do
        start_cluster "$count"
        brokers=''
        for node in $(seq "$count"); do
            brokers=${brokers:+$brokers,}127.0.0.1:$(base "$node")
        done
        bench registrations --broker "$brokers" --users "$registrations"
        section "Registrations, nodes: $count" "Users take turns among the nodes, which share the same cores." \
            "registrations --broker $brokers --users $registrations"
        bench connects --broker "$brokers" --pairs "$pairs"
        section "Calls, nodes: $count" "Callers take turns among the nodes; the callee is at the next one." \
            "connects --broker $brokers --pairs $pairs"
        end_all
    done
    ;;
esac

write_report "$report"
