#!/usr/bin/env bash
# kafkajs and @platformatic/kafka: the walk of ../shared/peers/node. Its packages are kept in artifacts/.
source "$(dirname "$0")/lib.sh"
need node node npm "$peers/node/walk.mjs"
node_known node
packages=$root/artifacts/compat/node
if [ ! -e "$packages/.made" ]; then
  mkdir -p "$packages"
  cp -r "$peers/node/." "$packages" && (cd "$packages" && timeout 120 npm ci --silent > "$work/npm" 2>&1) && touch "$packages/.made" ||
    skip_all node "npm could not install the clients: $(tail -1 "$work/npm" 2> /dev/null)"
fi
node_start
walk() { (cd "$packages" && timeout 300 node walk.mjs "$@"); }
skipped=$(left_out node)
mapfile -t names < <(walk --list "$bootstrap" | grep -vE "${skipped:-^$}")
walk "$bootstrap" -j 4 "${names[@]}" > "$work/out" 2> "$work/err"
status=$?
relay node < "$work/out"
grep -qE '^[0-9]+ passed' "$work/out" || fail node/ends "exit $status without its last line: $(tail -2 "$work/err")"
[ -z "$skipped" ] || skip node/left-out "what FINDINGS.md lists"
finish
