#!/usr/bin/env bash
# Builds the distribution of an earlier commit or tag into broker-node/target/previous/dist, where MixedVersionsDrillTest
# (row F26) looks for it:
#   broker-node/src/drill/previous-build.sh [COMMIT] && mvn -Pdrill -pl broker-node -am test -Dtest=MixedVersionsDrillTest
# Without a release to name, the default is the last commit before registrations were ordered by the cluster's clock.
# MAVEN_ARGS (such as -o) is handed on by Maven itself.
set -euo pipefail

commit=${1:-8e306bc}
root=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
target=$root/broker-node/target/previous
source=$target/source

remove() {
    git -C "$root" worktree remove --force "$source" 2>/dev/null || true
}
trap remove EXIT

remove
rm -rf "$target"
mkdir -p "$target"
git -C "$root" worktree add --quiet --detach "$source" "$commit"
(cd "$source" && mvn -q -DskipTests package)
mv "$source/broker-node/target/dist" "$target/dist"
git -C "$source" log -1 --format='%h %s' | tee "$target/commit"
