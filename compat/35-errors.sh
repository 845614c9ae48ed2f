#!/usr/bin/env bash
# Answers to a long walk of good and bad requests, line by line what Apache Kafka 4.4 answered (errors/expected.txt): codes, texts, defaults, sources of configurations.
#   MOLDAU_COMPAT_NODE=kafka MOLDAU_COMPAT_RECORD=1 compat/35-errors.sh     writes errors/expected.txt anew
source "$(dirname "$0")/lib.sh"
need errors java javac "$peers/kafka/kafka"
needs_own_node errors
node_start
jars="$peers/kafka/lib/4.4.0/*:$peers/kafka/lib/common/*"
mkdir -p "$work/classes"
javac -nowarn -d "$work/classes" -cp "$jars" "$compat"/errors/*.java 2> "$work/javac.err" || { fail errors "$(cat "$work/javac.err")"; finish; }

# Apache Kafka answers before every read sees a change: its walk takes a break after each step.
if [ "$node_kind" = kafka ]; then pause=60; else pause=0; fi
java -XX:TieredStopAtLevel=1 -cp "$work/classes:$jars" Walk "$bootstrap" "$pause" > "$work/answers" 2> "$work/err" || fail errors/walk "$(tail -5 "$work/err")"
if [ -n "${MOLDAU_COMPAT_RECORD:-}" ]; then cp "$work/answers" "$compat/errors/expected.txt"; finish; fi

skipped=$(left_out errors)
while IFS= read -r line; do
  name=${line%%: *}
  [ -n "$skipped" ] && grep -qE -- "$skipped" <<< "$name" && continue
  got=$(grep -F -m1 -- "$name: " "$work/answers")
  if [ "$line" = "$got" ]; then ok "errors/$name"; else fail "errors/$name" "expected '${line#*: }', got '${got#*: }'"; fi
done < "$compat/errors/expected.txt"
finish
