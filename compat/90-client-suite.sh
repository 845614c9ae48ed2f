#!/usr/bin/env bash
# The suite of our own client (tests/Client.Suite), unchanged, against the program moldau and against Apache Kafka; ./test unit runs it in process.
source "$(dirname "$0")/lib.sh"
need client-suite dotnet
log=$work/build
dotnet build "$root/tests/Client.Suite/Client.Suite.csproj" -c Release -v quiet --nologo >"$log" 2>&1 || { fail client-suite/build "$(grep error "$log" | sort -u | head -3)"; finish; }

# suite KIND: one line for the suite against that cluster; what failed stands behind it.
suite() {
  local kind=$1 out=$work/$1 counts
  MOLDAU_SUITE=$kind MOLDAU_SUITE_PROGRAM=$moldau "$root/artifacts/bin/Client.Suite/release/Moldau.Client.Suite" -noLogo -noColor >"$out" 2>&1
  local status=$?
  counts=$(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 tests, \2 errors, \3 failed, \4 skipped/p' "$out" | tail -1)
  if [ "$status" -ne 0 ] || [ -z "$counts" ]; then
    fail "client-suite/$kind" "${counts:-it ended without a result}: $(grep -F '[FAIL]' "$out" | head -20)"
    cat "$out" >&2
  elif [[ $counts == "${counts%% *} tests, 0 errors, 0 failed, ${counts%% *} skipped" ]]; then skip "client-suite/$kind" "all of its tests were skipped"
  else ok "client-suite/$kind ($counts)"; fi
}

if [ -x "$moldau" ]; then suite process; else skip client-suite/process "artifacts/moldau/moldau is not built"; fi
if [ ! -e "$peers/kafka/kafka-node" ]; then skip client-suite/kafka "$(realpath -m --relative-to="$root" "$peers/kafka/kafka-node") is not here"
elif ! command -v java >/dev/null; then skip client-suite/kafka "java is not installed"
else suite kafka; fi
finish
