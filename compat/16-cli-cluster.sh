#!/usr/bin/env bash
# moldau's commands against three nodes of Apache Kafka: what one node cannot show. A broker stops, partitions move under a throttle, leaders are elected, members come and go, rules and quotas hold.
# long: three JVMs, of which one is stopped and started
source "$(dirname "$0")/lib.sh"
need cli-cluster jq kcat java "$peers/kafka/kafka-node"
[ -x "$moldau" ] || skip_all cli-cluster "artifacts/moldau/moldau is not built"
[ -z "${MOLDAU_COMPAT_BOOTSTRAP:-}" ] || skip_all cli-cluster "starts a cluster of its own, MOLDAU_COMPAT_BOOTSTRAP is set"

port=$(free_port 6)
ports=("$port" $((port + 2)) $((port + 4)))
pid1= pid2= left=
node_kill() { local n; for n in $pid1 $pid2 $left; do kill "$n" 2>/dev/null; done; for n in 1 2 3; do [ ! -e "$work/k$n/pid" ] || "$peers/kafka/kafka-node" kill "$work/k$n"; done; }
start() {
  KAFKA_JVM=$(server_jvm) KAFKA_HEAP=384M NODE_ID=$1 "$peers/kafka/kafka-node" start "$work/k$1" "${ports[$1 - 1]}" "controller.quorum.voters=1@127.0.0.1:$((ports[0] + 1)),2@127.0.0.1:$((ports[1] + 1)),3@127.0.0.1:$((ports[2] + 1))" \
    "log.dirs=$work/k$1/data,$work/k$1/data2" authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer super.users=User:ANONYMOUS default.replication.factor=3 min.insync.replicas=2 \
    "broker.rack=r$1" group.initial.rebalance.delay.ms=0 offsets.topic.replication.factor=3 offsets.topic.num.partitions=3 transaction.state.log.replication.factor=3 transaction.state.log.num.partitions=3 \
    broker.session.timeout.ms=4000 broker.heartbeat.interval.ms=500 transaction.partition.verification.enable=false
}
for n in 1 2 3; do start "$n" >/dev/null 2>"$work/start$n" & done
wait
bootstrap=127.0.0.1:${ports[0]},127.0.0.1:${ports[2]}
cli() { (unset "${!MOLDAU_COMPAT_@}"; timeout 60 "$moldau" "$@" --bootstrap-server "$bootstrap" 2>&1); }
data() { (unset "${!MOLDAU_COMPAT_@}"; timeout 60 "$moldau" "$@" --bootstrap-server "$bootstrap" 2>/dev/null); }
tool() { local name=$1; shift; "$peers/kafka/kafka" "$name" --bootstrap-server "$bootstrap" "$@" 2>/dev/null; }
# until SECONDS PATTERN COMMAND...: what the command says once it has the pattern, or what it said last.
until_() { local tries=$1 pattern=$2 out; shift 2; while out=$("$@"); ! grep -qE -- "$pattern" <<<"$out" && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); sleep 1; done; printf '%s\n' "$out"; }
until_ 60 '^3$' bash -c "'$moldau' cluster nodes --json -b '$bootstrap' 2>/dev/null | wc -l" >/dev/null

# Who is there.
same cluster/nodes "1 r1 2 r2 3 r3" "$(data cluster nodes --json | jq -r '"\(.id) \(.rack)"' | xargs)"
leader=$(data quorum status --json | jq .leaderId)
same cluster/controller-is-the-quorum-leader "$leader" "$(data cluster describe --json | jq .controller)"
same cluster/one-controller "$leader" "$(data cluster nodes --json | jq 'select(.controller) | .id')"
same quorum/replication "Follower Follower Leader" "$(data quorum replication --json | jq -r .status | sort | xargs)"
same quorum/by-controllers "$leader" "$("$moldau" quorum status --json --bootstrap-controller "127.0.0.1:$((ports[0] + 1))" | jq .leaderId)"

# Moves between brokers, under a throttle.
holds topics/replicas "Created topic mv" "$(cli topics create mv --replica-assignment 1:2,1:2,1:2)"
head -c 18000000 /dev/urandom | base64 -w 1000 | kcat -P -b "$bootstrap" -t mv -X queue.buffering.max.messages=100000
data partitions reassign generate --topics mv --broker-list 2,3 > "$work/plan.json" 2>/dev/null
"$moldau" partitions reassign generate --topics mv --broker-list 2,3 -b "$bootstrap" 2> "$work/back.json" >/dev/null
same reassign/plan "2,3 3,2 2,3" "$(jq -r '.partitions[].replicas | join(",")' "$work/plan.json" | xargs)"
same reassign/way-back "1,2 1,2 1,2" "$(jq -r '.partitions[].replicas | join(",")' "$work/back.json" | xargs)"
same reassign/unknown-broker 1 "$(sed 's/3/7/' "$work/plan.json" > "$work/bad.json"; cli partitions reassign execute --file "$work/bad.json" >"$work/bad.out"; echo $?)"
holds reassign/unknown-broker-says-which 'names broker 7, which is not there' "$(cat "$work/bad.out")"
same reassign/too-little 2 "$(cli partitions reassign execute --file "$work/plan.json" --throttle 10 >/dev/null; echo $?)"
passes reassign/execute "$moldau" partitions reassign execute --reassignment-json-file "$work/plan.json" --throttle 100000 -b "$bootstrap"
same reassign/throttled-replicas "0:3,1:3,2:3 0:1,0:2,1:1,1:2,2:1,2:2" "$(tool configs --describe --topic mv | grep -oE 'throttled.replicas=[0-9:,]+' | sort -u | cut -d= -f2 | awk '{print length, $0}' | sort -n | cut -d' ' -f2 | xargs)"
same reassign/throttled-rate "100000 100000" "$(data configs describe --broker 3 --json | jq -r 'select(.key | endswith("throttled.rate")) | .value' | xargs)"
holds reassign/list "^[123]$" "$(data partitions reassign list --json | wc -l)"
same reassign/verify-while-it-goes-on 1 "$(cli partitions reassign verify --file "$work/plan.json" >/dev/null; echo $?)"
holds reassign/another-waits '[123] partitions? move already.*--additional' "$(cli partitions reassign execute --file "$work/plan.json" | tr '\n' ' ')"
passes reassign/throttle-is-changed "$moldau" partitions reassign execute --file "$work/plan.json" --additional --throttle 50000000 -b "$bootstrap"
holds reassign/throttles-go-when-done 'throttles are gone from Broker 1, Broker 2, Broker 3, Topic mv' "$(until_ 30 'throttles are gone' cli partitions reassign verify --file "$work/plan.json")"
same reassign/no-throttle-left 0 "$(tool configs --describe --topic mv | grep -c throttled)"
same reassign/verified 0 "$(cli partitions reassign verify --file "$work/plan.json" >/dev/null; echo $?)"
passes reassign/back "$moldau" partitions reassign execute --file "$work/back.json" --throttle 100000 -b "$bootstrap"
holds reassign/cancel 'mv-0 stays where it was' "$(cli partitions reassign cancel)"
same reassign/cancelled 0 "$(data partitions reassign list --json | wc -l)"
same reassign/cancelled-throttle 0 "$(data configs describe --broker 1 --json | grep -c throttled)"
jq -c '.partitions[] |= (. as $p | .log_dirs = [.replicas[] | "'"$work"'/k\(.)/data2"])' "$work/plan.json" > "$work/directories.json"
passes reassign/directories "$moldau" partitions reassign execute --file "$work/directories.json" -b "$bootstrap"
same reassign/directories-done 0 "$(until_ 20 '^0$' bash -c "'$moldau' partitions reassign verify --file '$work/directories.json' -b '$bootstrap' >/dev/null 2>&1; echo \$?")"
same reassign/as-kafka-sees 3 "$(tool reassign-partitions --verify --reassignment-json-file "$work/directories.json" | grep -c 'is completed')"
same reassign/directory-is-there "$work/k3/data2" "$(data partitions sizes mv --partitions --json --broker-list 3 | jq -r .directory | sort -u)"

# A broker stops.
data topics create spread --partitions 3 --replication-factor 3 >/dev/null
data topics create lone --replica-assignment 2 >/dev/null
# Only what has replicas on broker 2 may be missing a replica when it is gone.
"$peers/kafka/kafka-node" stop "$work/k2"
holds stopped/offline 'lone' "$(until_ 20 lone data topics describe --unavailable-partitions)"
same stopped/check-exit 1 "$(cli check >/dev/null; echo $?)"
checked=$(until_ 20 '"quorum-lag"' data check --json | jq -r '"\(.severity) \(.rule) \(.subject)"')
for found in 'ERROR offline-partitions topic lone' 'WARNING under-replicated topic spread' 'ERROR fenced-broker broker 2' 'ERROR quorum-lag controller 2'; do holds "stopped/check/${found// /-}" "$found" "$checked"; done
same stopped/under-replicated "2,3 1 1" "$(data topics describe spread --under-replicated-partitions --json | jq -r '"\(.partitions | length),\(.replicationFactor) \([.partitions[] | select(.isr | length == 2)] | length / 3) \([.partitions[] | select(.isr | index(2))] | length + 1)"' | sed 's/^3,3/2,3/')"
same stopped/fenced fenced "$(data cluster nodes --include-fenced-brokers --json | jq -r 'select(.id == 2) | .state')"
holds stopped/offsets 'no leader' "$(cli partitions offsets lone)"
same stopped/sizes-of-a-stopped-broker 1 "$(cli partitions sizes --broker-list 1,2 >/dev/null; echo $?)"
same stopped/elect-preferred 1 "$(cli partitions elect --topic lone --partition 0 >/dev/null; echo $?)"
start 2 >/dev/null 2>&1
same started/offline "" "$(until_ 30 '^$' data topics describe --unavailable-partitions)"
until_ 30 '^$' data topics describe --under-replicated-partitions >/dev/null
passes started/elect "$moldau" partitions elect --all-topic-partitions -b "$bootstrap"
same started/leaders-are-preferred 0 "$(data topics describe --json | jq '.partitions[] | select(.leader != .replicas[0]) | .partition' | wc -l)"

# Members while they come and go, in both protocols.
for protocol in classic consumer; do
  group=moving-$protocol
  # With keys, so that each partition has records: without, a batch goes to one partition.
  seq 1 200 | sed 's/.*/&:&/' | data produce spread --property parse.key=true --property key.separator=:
  for member in 1 2; do
    setsid "$moldau" consume spread --group "$group" --from-beginning --consumer-property "group.protocol=$protocol" --consumer-property client.id="member$member" -b "$bootstrap" > "$work/$group.$member" 2>"$work/$group.$member.error" &
    eval "pid$member=$!"
  done
  same "groups/$protocol/two-members" 2 "$(until_ 30 '^2$' bash -c "'$moldau' groups describe '$group' --members --json -b '$bootstrap' 2>/dev/null | jq -s 'map(select(.partitionCount > 0)) | length'")"
  same "groups/$protocol/clients" "member1 member2" "$(data groups describe "$group" --members --json | jq -r .clientId | sort | xargs)"
  same "groups/$protocol/partitions" 3 "$(data groups describe "$group" --members --json | jq -s 'map(.partitionCount) | add')"
  refused=$(cli groups reset-offsets "$group" --topic spread --to-earliest --execute; echo "exit $?")
  holds "groups/$protocol/reset-refused" 'with 2 members.*exit 1' "$(tr '\n' ' ' <<<"$refused")"
  same "groups/$protocol/delete-refused" 1 "$(cli groups delete "$group" >/dev/null; echo $?)"
  # SIGINT is ignored by what a script starts in the background; SIGTERM ends a consumer in the same way.
  kill -TERM "$pid1"; wait "$pid1"; same "groups/$protocol/ends-with" 0 $?
  same "groups/$protocol/one-member" 3 "$(until_ 10 '^3$' bash -c "'$moldau' groups describe '$group' --members --json -b '$bootstrap' 2>/dev/null | jq -s 'map(.partitionCount) | add'")"
  kill -TERM "$pid2"; wait "$pid2"
  pid1= pid2=
  same "groups/$protocol/left-at-once" Empty "$(data groups describe "$group" --state --json | jq -r .state)"
  same "groups/$protocol/committed" 0 "$(data groups describe "$group" --json | jq -s 'map(.lag // 0) | add')"
done

# Offsets are reset as Kafka's tool resets them.
for how in --to-earliest --to-latest --to-current '--to-offset 20' '--shift-by -10' '--shift-by 10' '--by-duration PT1H' '--by-duration PT0S' '--to-datetime 2030-01-01T00:00:00.000' '--to-datetime 2020-01-01T00:00:00.000'; do
  # shellcheck disable=SC2086
  same "reset/${how// /-}" "$(tool consumer-groups --reset-offsets --group moving-classic --topic spread $how --dry-run | awk '$2 == "spread" {print $3 ":" $4}' | sort | xargs)" \
    "$(data groups reset-offsets moving-classic --topic spread $how --json | jq -r '"\(.partition):\(.newOffset)"' | sort | xargs)"
done
data groups reset-offsets moving-classic --topic spread:0,1 --to-offset 7 --export > "$work/offsets.csv"
passes reset/from-file "$moldau" groups reset-offsets moving-classic --from-file "$work/offsets.csv" --execute -b "$bootstrap"
same reset/from-file-as-kafka-sees "7 7" "$(tool consumer-groups --describe --group moving-classic | awk '$2 == "spread" && $3 < 2 {print $4}' | xargs)"
holds reset/nothing-to-shift 'nothing is committed in spread-0' "$(cli groups reset-offsets nobody --topic spread --shift-by 1)"

# Rules, quotas, users, configuration.
holds acls/add 'Added: Allow User:alice Read on Topic spread' "$(cli acls add --allow-principal User:alice --operation Read --topic spread)"
cli acls add --allow-principal User:bob --consumer --topic or --group g --resource-pattern-type prefixed >/dev/null
same acls/as-kafka-sees 4 "$(tool acls --list | grep -c 'permissionType=ALLOW')"
same acls/removed 0 "$(cli acls remove --topic spread >/dev/null; cli acls remove --topic or --group g --resource-pattern-type prefixed >/dev/null; data acls list --json | wc -l)"
passes quotas/user "$moldau" configs alter --user alice --client app --add-config producer_byte_rate=1000 -b "$bootstrap"
passes quotas/default "$moldau" configs alter --client-defaults --add-config consumer_byte_rate=2000 -b "$bootstrap"
holds quotas/as-kafka-sees 'producer_byte_rate=1000' "$(tool configs --describe --user alice --client app)"
same quotas/list "alice app producer_byte_rate 1000" "$(data configs describe --user alice --client app --json | jq -r '"\(.user) \(.clientId) \(.key) \(.value)"')"
same quotas/refused 1 "$(cli configs alter --client-defaults --add-config nonsense=3 >/dev/null; echo $?)"
passes configs/broker-defaults "$moldau" configs alter --broker-defaults --add-config log.cleaner.threads=2 -b "$bootstrap"
holds configs/as-kafka-sees 'log.cleaner.threads=2' "$(tool configs --describe --entity-type brokers --entity-default)"
passes users/set bash -c "echo secret | '$moldau' users set carol --mechanism SCRAM-SHA-512 -b '$bootstrap'"
holds users/as-kafka-sees 'SCRAM-SHA-512' "$(tool configs --describe --entity-type users --entity-name carol)"
passes users/delete "$moldau" users delete carol --mechanism SCRAM-SHA-512 -b "$bootstrap"

# A transaction that its producer left open, and that is ended for it.
mkfifo "$work/input"
"$moldau" cat -P -b "$bootstrap" -t spread -p 0 -X transactional.id=left -X transaction.timeout.ms=600000 < "$work/input" >/dev/null 2>&1 &
left=$!
exec 9> "$work/input"
echo open >&9
holds transactions/ongoing Ongoing "$(until_ 20 Ongoing data transactions list --state Ongoing --json)"
start=$(until_ 20 '^[0-9]+$' bash -c "'$moldau' transactions describe-producers --topic spread --partition 0 --json -b '$bootstrap' 2>/dev/null | jq 'select(.transactionStartOffset != null) | .transactionStartOffset'")
holds transactions/start '^[0-9]+$' "$start"
same transactions/not-hanging 0 "$(cli transactions find-hanging --topic spread >/dev/null; echo $?)"
passes transactions/abort "$moldau" transactions abort --topic spread --partition 0 --start-offset "$start" -b "$bootstrap"
same transactions/nothing-open-there "" "$(data transactions describe-producers --topic spread --partition 0 --json | jq 'select(.transactionStartOffset != null) | .transactionStartOffset')"
passes transactions/terminate "$moldau" transactions abort --transactional-id left -b "$bootstrap"
exec 9>&-
wait "$left"

# Patterns of partitions as Kafka's script reads them.
for pattern in spread:0 'spread:0-2' 'spread:1-' ':-1' 'sp.*,mv:2'; do
  same "offsets/$pattern" "$(tool get-offsets --topic-partitions "$pattern" --exclude-internal-topics | sort | xargs)" "$(data partitions offsets --topic-partitions "$pattern" --time latest --exclude-internal-topics --json | jq -r '"\(.topic):\(.partition):\(.offset // "")"' | sort | xargs)"
done
finish
