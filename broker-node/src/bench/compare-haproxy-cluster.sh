#!/usr/bin/env bash
# Measures a bridge across two nodes and a connection through two HAProxies, one behind the other, in the same run, in
# turns, by the same client: first with plain hops between the two, then with mutual TLS. Then what one, two and three
# nodes register and connect. Writes a Markdown report.
#   mvn -q -DskipTests package && broker-node/src/bench/compare-haproxy-cluster.sh broker-node/PERFORMANCE-cluster.md
# Everything is on loopback and ends by itself; takes about four minutes. Further settings, by environment:
#   ROUNDS (3) SECONDS_EACH (5) PAYLOAD (random) CHUNK (64KiB) REGISTRATIONS (10000) PAIRS (2000)
#   PORT (21800: 40 free ports from here, below the kernel's ephemeral range) BRIDGEHEAD_JAVA_OPTS (brokers and client)
#   PARTS (plain tls rates)
set -euo pipefail

# Debian keeps haproxy where only root looks
PATH=$PATH:/usr/sbin

report=${1:?usage: compare-haproxy-cluster.sh REPORT.md}
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
bridgehead=$here/../../target/dist/bin/bridgehead
rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-5}
payload=${PAYLOAD:-random}
chunk=${CHUNK:-64KiB}
registrations=${REGISTRATIONS:-10000}
pairs=${PAIRS:-2000}
port=${PORT:-21800}
parts=${PARTS:-plain tls rates}
front=127.0.0.1:$((port + 30)) between=127.0.0.1:$((port + 31)) backend=$((port + 32))

fail() {
    echo "compare-haproxy-cluster: $*" >&2
    exit 1
}

[ -x "$bridgehead" ] || fail "$bridgehead: no such program; build it with: mvn -q -DskipTests package"
command -v haproxy > /dev/null || fail "no haproxy; install it with: apt-get update && apt-get install -y haproxy"
[ "$rounds" -ge 3 ] || fail "ROUNDS=$rounds (expected: 3 or more)"
ulimit -n "$(ulimit -H -n)"

dir=$(mktemp -d)
bench_pid='' pids=''

# ends processes of ours by their ids
end_all() {
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
    mkdir "$dir/data"
    for node in $(seq "$count"); do
        at=$(base "$node")
        "$bridgehead" serve \
            --set node.name="n$node" --set node.drain-time=1s --set node.data-dir="$dir/data" \
            --set store.url="jdbc:sqlite:$dir/data/bench.db" --set accounts.mode=open \
            --set cluster.enabled=true --set cluster.members="$members" --set cluster.expected-nodes="$count" \
            --set cluster.listen="127.0.0.1:$((at + 3))" --set cluster.event-bus="127.0.0.1:$((at + 4))" \
            --set estim.listen="127.0.0.1:$at" --set estim.websocket= --set estim.connections-per-second=0 \
            --set estim.max-connections=20000 --set signalling.listen= --set relay.hosts= --set relay.commands= \
            --set relay.clients= --set rendezvous.http= --set rendezvous.udp= --set bester.listen= \
            --set admin.listen="127.0.0.1:$((at + 1))" --set admin.token-file="$dir/data/token" \
            --set metrics.listen="127.0.0.1:$((at + 2))" "$@" > "$dir/n$node.log" 2>&1 &
        pids="$pids $!"
        await $! "$at" "$dir/n$node.log"
    done
}

# two of them, one behind the other; the arguments are the options of the hop between them
start_haproxies() {
    local hop_server=$1 hop_bind=$2
    head() {
        printf 'global\n    nbthread %s\ndefaults\n    mode tcp\n    timeout connect 10s\n' "$(nproc)"
        printf '    timeout client 10m\n    timeout server 10m\n'
    }
    {
        head
        printf 'frontend front\n    bind %s\n    default_backend far\nbackend far\n    server far %s %s\n' \
            "$front" "$between" "$hop_server"
    } > "$dir/near.cfg"
    {
        head
        printf 'frontend front\n    bind %s %s\n    default_backend far\nbackend far\n    server bench 127.0.0.1:%s\n' \
            "$between" "$hop_bind" "$backend"
    } > "$dir/far.cfg"
    haproxy -db -f "$dir/far.cfg" > "$dir/far.log" 2>&1 &
    pids="$pids $!"
    await $! $((port + 31)) "$dir/far.log"
    haproxy -db -f "$dir/near.cfg" > "$dir/near.log" 2>&1 &
    pids="$pids $!"
    await $! $((port + 30)) "$dir/near.log"
}

# in the background: a signal ends a wait at once, but not a command in the foreground
bench() {
    "$bridgehead" bench "$@" --markdown "$dir/table.md" &
    bench_pid=$!
    wait "$bench_pid"
    bench_pid=''
}

section() {
    {
        printf '## %s\n\n' "$1"
        printf '%s\n\n' "$2"
        printf '```\nbridgehead bench %s\n```\n\n' "$3"
        cat "$dir/table.md"
    } >> "$dir/report.md"
    rm "$dir/table.md"
}

{
    echo "# Performance of a cluster"
    echo
    echo "Measured by \`broker-node/src/bench/compare-haproxy-cluster.sh\` on $(date -u +%F); client, nodes and HAProxies"
    echo "share one machine's cores over loopback. Median of the rounds, lowest and highest in brackets."
    echo
    echo "| | |"
    echo "|---|---|"
    echo "| CPU | $(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | sed -n 1p), $(nproc) cores |"
    echo "| kernel | $(uname -sr) |"
    echo "| broker | $("$bridgehead" --version | tr '\n' ' ') |"
    echo "| HAProxy | $(haproxy -v | sed -n '1s/ - .*//p'), mode tcp, nbthread $(nproc) |"
    echo "| load average before | $(cut -d' ' -f1-3 /proc/loadavg) |"
    echo
} > "$dir/report.md"

compare=(bridge --broker "127.0.0.1:$(base 1),127.0.0.1:$(base 2)" --proxy "$front"
    --backend-port "$backend" --proxy-name "two haproxies" --rounds "$rounds" --seconds "$seconds"
    --payload "$payload" --chunk "$chunk")

case " $parts " in *" plain "*)
    start_cluster 2
    start_haproxies '' ''
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

cp "$dir/report.md" "$report"
echo "written: $report"
