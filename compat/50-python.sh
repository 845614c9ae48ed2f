#!/usr/bin/env bash
# confluent-kafka (librdkafka 2.16), aiokafka and kafka-python: the walk of ../shared/peers/python. The virtual environment is kept in artifacts/.
source "$(dirname "$0")/lib.sh"
need python python3 "$peers/python/pykafka_walk.py"
node_known python
environment=$(python_environment) || skip_all python "no virtual environment: $(tail -1 "$work/venv")"
node_start
walk() { timeout 420 "$environment/bin/python" "$peers/python/pykafka_walk.py" "$@"; }
skipped=$(left_out python)
mapfile -t names < <(walk "$bootstrap" --list | grep -vE "${skipped:-^$}")
walk "$bootstrap" -j 4 "${names[@]}" > "$work/out" 2> "$work/err"
status=$?
relay python < "$work/out"
grep -qE '^[0-9]+ passed' "$work/out" || fail python/ends "exit $status without its last line: $(tail -2 "$work/err")"
[ -z "$skipped" ] || skip python/left-out "what FINDINGS.md lists"
finish
