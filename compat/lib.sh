# Sourced by compat/NN-*.sh: a node to check, and lines "ok NAME", "FAIL NAME: why", "skip NAME: why".
#
#   MOLDAU_COMPAT_NODE=kafka             check Apache Kafka from ../shared/peers instead of Moldau: proves that a check is right
#   MOLDAU_COMPAT_BOOTSTRAP=HOST:PORT    check a node that runs already; what needs a node of its own is skipped
#   MOLDAU_COMPAT_PROGRAM=PATH           the program to check, instead of artifacts/moldau/moldau
#   MOLDAU_COMPAT_ALL=1                  run also what FINDINGS.md leaves out
#   MOLDAU_COMPAT_KEEP=1                 leave the working directory and name it
set -uo pipefail
export LC_ALL=C.UTF-8

compat=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$compat/.." && pwd)
peers=$(cd "$root/.." && pwd)/shared/peers
golden=$(cd "$root/.." && pwd)/shared/golden
moldau=${MOLDAU_COMPAT_PROGRAM:-$root/artifacts/moldau/moldau}
node_kind=${MOLDAU_COMPAT_NODE:-moldau}
failures=0
node_dir=
node_pid=
bootstrap=
# Classes of Apache Kafka as the JVM has them in memory, kept from one run to the next: a server is ready after 2 s of a processor instead of 6, a tool takes 0.8 s instead of 1.8. An archive
# that is not of these classes or of this JVM is not used, and nothing is said of it.
archives=$root/artifacts/compat/java

work=$(mktemp -d "${TMPDIR:-/tmp}/moldau-compat.XXXXXX")
trap 'status=$?; node_kill 2>/dev/null; [ -n "${MOLDAU_COMPAT_KEEP:-}" ] && echo "kept $work" >&2 || rm -rf "$work"; exit $status' EXIT
trap 'exit 130' INT TERM

ok() { echo "ok $1"; }
skip() { echo "skip $1: $2"; }
fail() { echo "FAIL $1: $(tr '\n' '|' <<<"$2" | cut -c1-400)"; failures=$((failures + 1)); }

# finish: the last line of each script.
finish() { [ "$failures" -eq 0 ] && exit 0 || exit 1; }

# skip_all NAME WHY: nothing of this script can run.
skip_all() { skip "$1" "$2"; exit 0; }

# same NAME EXPECTED ACTUAL: one check.
same() { if [ "$2" = "$3" ]; then ok "$1"; else fail "$1" "expected '$2', got '$3'"; fi; }

# holds NAME PATTERN TEXT: one check that the text has what the (extended) pattern says.
holds() { if grep -qE -- "$2" <<<"$3"; then ok "$1"; else fail "$1" "no '$2' in '$3'"; fi; }

# passes NAME COMMAND...: one check that a command succeeds.
passes() { local name=$1 out; shift; if out=$("$@" 2>&1); then ok "$name"; else fail "$name" "exit $?: $(tail -5 <<<"$out")"; fi; }

# need NAME COMMAND-OR-FILE...: skips the script when something is missing.
need() {
  local name=$1 what; shift
  for what in "$@"; do
    if [[ $what == */* ]]; then [ -e "$what" ] || skip_all "$name" "$(realpath -m --relative-to="$root" "$what") is not here"
    else command -v "$what" >/dev/null || skip_all "$name" "$what is not installed"; fi
  done
}

unique() { echo "$1-$$-$((RANDOM * 32768 + RANDOM))"; }

# free_port [COUNT]: the first of so many ports in a row (two) that nobody listens on. Below those that the system gives to outgoing connections: a client that tries again while its node is
# down may otherwise be given the node's own port, connect to itself and keep the node from coming back.
free_port() {
  python3 - "${1:-2}" <<'PY'
import contextlib, random, socket, sys
count = int(sys.argv[1])
for _ in range(1000):
    port = random.randrange(10000, 20000)
    with contextlib.ExitStack() as stack:
        try:
            for number in range(count):
                held = stack.enter_context(socket.socket())
                held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                held.bind(("127.0.0.1", port + number))
        except OSError:
            continue
    print(port)
    break
PY
}

# node_start [KEY=VALUE...]: a node with a new data directory; sets bootstrap. With MOLDAU_COMPAT_BOOTSTRAP there is nothing to start.
node_start() {
  if [ -n "${MOLDAU_COMPAT_BOOTSTRAP:-}" ]; then bootstrap=$MOLDAU_COMPAT_BOOTSTRAP; return; fi
  node_dir=$work/$(unique node)
  mkdir -p "$node_dir"
  node_configure "$node_dir/data" 1 "$@"
  node_run || { echo "FAIL ${0##*/}: the node did not start: $(tail -3 "$node_dir/node.out" | tr '\n' '|')"; exit 1; }
}

# needs_own_node NAME: skips the script when it may not stop and start the node as it likes.
needs_own_node() { [ -z "${MOLDAU_COMPAT_BOOTSTRAP:-}" ] || skip_all "$1" "needs a node of its own, MOLDAU_COMPAT_BOOTSTRAP is set"; node_known "$1"; }

# node_known NAME: skips the script when there is no program to check.
node_known() {
  [ -n "${MOLDAU_COMPAT_BOOTSTRAP:-}" ] && return
  need "$1" python3
  case $node_kind in
    moldau) [ -x "$moldau" ] || skip_all "$1" "artifacts/moldau/moldau is not built" ;;
    kafka) need "$1" java "$peers/kafka/kafka" ;;
    *) skip_all "$1" "MOLDAU_COMPAT_NODE=$node_kind: neither moldau nor kafka" ;;
  esac
}

# node_configure LOG_DIRS NODE_ID [KEY=VALUE...]: writes server.properties for a broker and controller in one; sets bootstrap. Later keys win.
node_configure() {
  local dirs=$1 id=$2 port; shift 2
  port=$(free_port)
  bootstrap=127.0.0.1:$port
  {
    printf '%s\n' process.roles=broker,controller "node.id=$id" "listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))" \
      "advertised.listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))" controller.listener.names=CONTROLLER \
      "log.dirs=$dirs" offsets.topic.replication.factor=1 transaction.state.log.replication.factor=1 transaction.state.log.min.isr=1 \
      share.coordinator.state.topic.replication.factor=1 share.coordinator.state.topic.min.isr=1
    if [[ " $* " == *" quorum=dynamic "* ]]; then echo "controller.quorum.bootstrap.servers=127.0.0.1:$((port + 1))"
    else echo "controller.quorum.voters=$id@127.0.0.1:$((port + 1))"; fi
    local line; for line in "$@"; do [[ $line == quorum=* ]] || echo "$line"; done
  } | awk -F= '{if (!($1 in seen)) order[++n] = $1; seen[$1] = $0} END {for (i = 1; i <= n; i++) print seen[order[i]]}' > "$node_dir/server.properties"
}

# node_run: starts the node that node_configure described, formats its directory when it is new, waits until it answers.
node_run() {
  local first started
  started=$(ready_lines)
  case $node_kind in
    # MOLDAU_* of the environment is configuration to the node: what means the checks must not reach it.
    moldau) (unset "${!MOLDAU_COMPAT_@}"; exec "$moldau" start --config "$node_dir/server.properties") >>"$node_dir/node.out" 2>&1 </dev/null & ;;
    kafka)
      first=$(sed -n 's/^log.dirs=//p' "$node_dir/server.properties" | cut -d, -f1)
      if [ ! -e "$first/meta.properties" ]; then
        KAFKA_VERSION=4.4.0 "$peers/kafka/kafka" storage format -t 5L6g3nShT-eMCtK--X86sw -c "$node_dir/server.properties" >>"$node_dir/node.out" 2>&1 || return 1
      fi
      local making=
      [ "$archives/server.jsa" -nt "$peers/kafka/lib" ] || making="-Xlog:disable -XX:ArchiveClassesAtExit=$work/server.jsa"
      KAFKA_JVM="$(server_jvm) $making" KAFKA_VERSION=4.4.0 KAFKA_HEAP=${KAFKA_HEAP:-512M} LOG_LEVEL=INFO "$peers/kafka/kafka" server-start "$node_dir/server.properties" >>"$node_dir/node.out" 2>&1 </dev/null & ;;
  esac
  node_pid=$!
  disown "$node_pid"
  wait_ready "$bootstrap" 90 "$started"
}

# server_jvm: options of a JVM for a short life of Apache Kafka's server, for KAFKA_JVM.
server_jvm() { echo "-XX:TieredStopAtLevel=1$([ ! "$archives/server.jsa" -nt "$peers/kafka/lib" ] || echo " -Xlog:disable -XX:SharedArchiveFile=$archives/server.jsa")"; }

# ready_lines: how often a node of ours has said that it answers.
ready_lines() { if [ "$node_kind" = moldau ] && [ -e "$node_dir/node.out" ]; then grep -c '^ready ' "$node_dir/node.out"; else echo 0; fi; }

# wait_ready HOST:PORT SECONDS READY_LINES: until something accepts connections there and, for our own node, until it said so once more than before.
wait_ready() {
  local tries=$(($2 * 10))
  while [ "$tries" -gt 0 ]; do
    if [ "$node_kind" != moldau ] || [ "$(ready_lines)" -gt "$3" ]; then
      (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null && return 0
    fi
    [ -z "$node_pid" ] || kill -0 "$node_pid" 2>/dev/null || return 1
    sleep 0.1
    tries=$((tries - 1))
  done
  return 1
}

# node_stop: clean stop; fails when the node does not end by itself. A JVM may write its archive then.
node_stop() {
  if [ "$node_kind" != kafka ]; then node_end TERM 60; return; fi
  node_end TERM 180 || return
  [ ! -e "$work/server.jsa" ] || { mkdir -p "$archives" && mv -f "$work/server.jsa" "$archives/server.jsa"; }
}

# node_kill: as a crash.
node_kill() { node_end KILL 20; }

node_end() {
  [ -n "$node_pid" ] || return 0
  local tries=$(($2 * 10))
  kill "-$1" "$node_pid" 2>/dev/null
  while kill -0 "$node_pid" 2>/dev/null; do
    [ "$tries" -gt 0 ] || return 1
    sleep 0.1
    tries=$((tries - 1))
  done
  node_pid=
}

# python_environment: prints the folder of the virtual environment with the clients of ../shared/peers/python; it is made once and kept in artifacts/.
python_environment() {
  local environment=$root/artifacts/compat/python
  if [ ! -e "$environment/.made" ]; then
    mkdir -p "${environment%/*}"
    "$peers/python/venv" "$environment" > "$work/venv" 2>&1 && touch "$environment/.made" || return 1
  fi
  echo "$environment"
}

# java_compile VERSION NAME: compiles java/NAME.java against the libraries of Apache Kafka; java_run is then how to run it. Classes are kept in artifacts/.
java_compile() {
  local classes=$root/artifacts/compat/java/$2 libraries="$peers/kafka/lib/$1/*:$peers/kafka/lib/common/*"
  if [ ! "$classes/.made" -nt "$compat/java/$2.java" ]; then
    mkdir -p "$classes"
    javac -Xlint:all,-processing,-classfile -proc:none --release 17 -d "$classes" -cp "$libraries" "$compat/java/$2.java" > "$work/javac" 2>&1 && touch "$classes/.made" || return 1
  fi
  java_run=(java -Xmx384M -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.awt.headless=true -Dlog4j2.configurationFile="$peers/kafka/log4j2.properties" -Dlog.level="${LOG_LEVEL:-ERROR}"
    -cp "$classes:$libraries")
}

# kafka NAME ARGS...: one of Apache Kafka's own tools.
kafka() {
  local archive=$archives/tools.jsa
  if [ ! "$archive" -nt "$peers/kafka/lib" ] && [ -n "$bootstrap" ] && [ ! -e "$work/archived" ] && mkdir -p "$archives"; then
    touch "$work/archived"
    (
      flock -n 9 && KAFKA_JVM="-Xlog:disable -XX:ArchiveClassesAtExit=$archive.new" timeout 120 "$peers/kafka/kafka" topics --bootstrap-server "$bootstrap" --list && mv -f "$archive.new" "$archive"
    ) 9> "$archive.lock" > /dev/null 2>&1 < /dev/null
  fi
  if [ -e "$archive" ]; then local KAFKA_JVM="-Xlog:disable -XX:SharedArchiveFile=$archive ${KAFKA_JVM:-}"; export KAFKA_JVM; fi
  timeout 120 "$peers/kafka/kafka" "$@"
}

# check_dir ARGS...: Apache Kafka opens a directory, and what is seen of it is compared.
check_dir() { KAFKA_JVM=$(server_jvm) timeout 300 "$peers/java/kafka-check-dir" "$@"; }

# archived NAME COMMAND...: a program in one JVM, with an archive of its classes.
archived() {
  local name=$1 status options; shift
  if [ "$archives/$name.jsa" -nt "$peers/kafka/lib" ]; then options=-XX:SharedArchiveFile=$archives/$name.jsa; else options=-XX:ArchiveClassesAtExit=$work/$name.jsa; fi
  JDK_JAVA_OPTIONS="-Xlog:disable $options" "$@"
  status=$?
  [ ! -e "$work/$name.jsa" ] || { mkdir -p "$archives" && mv -f "$work/$name.jsa" "$archives/$name.jsa"; }
  return "$status"
}

# left_out CLIENT: the checks of a client's walk that FINDINGS.md leaves out, as one regular expression; nothing with MOLDAU_COMPAT_ALL.
left_out() {
  [ -z "${MOLDAU_COMPAT_ALL:-}" ] || return 0
  awk -F'|' -v client="$1" '{gsub(/^ +| +$/, "", $2)} $2 == client {gsub(/[ `]/, "", $3); print $3}' "$compat/FINDINGS.md" | sed 's/\\!/|/g' | paste -sd'|'
}

# relay PREFIX: passes on the lines of a walk ("ok NAME", "FAIL NAME: why") with a prefix; counts the failures.
relay() {
  local line
  while IFS= read -r line; do
    case $line in
      "ok "*) echo "ok $1/${line#ok }" ;;
      "FAIL "*) echo "FAIL $1/${line#FAIL }"; failures=$((failures + 1)) ;;
    esac
  done
}
