#!/usr/bin/env bash
# moldau's own commands over the protocol, against Moldau or (MOLDAU_COMPAT_NODE=kafka) Apache Kafka; what they say is compared with kcat and Kafka's own tools.
# long: 150 commands, each a process of its own or a JVM
source "$(dirname "$0")/lib.sh"
need cli kcat jq java "$peers/kafka/kafka"
[ -x "$moldau" ] || skip_all cli "artifacts/moldau/moldau is not built"
node_known cli
node_start
cli() { (unset "${!MOLDAU_COMPAT_@}"; timeout 60 "$moldau" "$@" --bootstrap-server "$bootstrap" 2>&1); }
data() { (unset "${!MOLDAU_COMPAT_@}"; timeout 60 "$moldau" "$@" --bootstrap-server "$bootstrap" 2>/dev/null); }
cat_() { (unset "${!MOLDAU_COMPAT_@}"; timeout 60 "$moldau" cat -b "$bootstrap" "$@" 2>/dev/null); }
tool() { local name=$1; shift; kafka "$name" --bootstrap-server "$bootstrap" "$@" 2>/dev/null; }

# A node that starts has no use for the client, nor for what draws tables.
[ -z "$node_pid" ] || [ "$node_kind" != moldau ] || same cli/start-loads-no-client 0 "$(grep -cE 'Moldau\.(Cli|Client)\.dll|Spectre' "/proc/$node_pid/maps")"

topic=$(unique cli)
holds cli/topics/create "Created topic $topic" "$(cli topics create "$topic" --partitions 3 --replication-factor 1 --config retention.ms=86400000)"
holds cli/topics/create-again 'already exists.*topics describe' "$(cli topics create "$topic" | tr '\n' ' ')"
same cli/topics/if-not-exists 0 "$(cli topics create "$topic" --if-not-exists >/dev/null; echo $?)"
holds cli/topics/list "^$topic$" "$(data topics list)"
holds cli/topics/alter '5 partitions; it had 3' "$(cli topics alter "$topic" --partitions 5)"
same cli/topics/describe-json '5 86400000 1' "$(data topics describe "$topic" --json | jq -r '"\(.partitionCount) \(.configs["retention.ms"]) \(.partitions[0].leader)"')"
same cli/topics/id "$(tool topics --describe --topic "$topic" | sed -n 's/.*TopicId: \([^[:space:]]*\).*/\1/p' | head -1)" "$(data topics describe "$topic" --json | jq -r .topicId)"
same cli/exit/refused 1 "$(cli topics alter "$topic" --partitions 2 >/dev/null; echo $?)"
same cli/exit/usage 2 "$(cli topics create "$topic" --config nonsense >/dev/null; echo $?)"

holds cli/configs/alter 'Changed the configuration' "$(cli configs alter --topic "$topic" --add-config 'cleanup.policy=[compact,delete],max.message.bytes=200000' --delete-config retention.ms)"
same cli/configs/describe 'cleanup.policy=compact,delete max.message.bytes=200000' "$(data configs describe --entity-type topics --entity-name "$topic" --json | jq -r '"\(.key)=\(.value)"' | sort | tr '\n' ' ' | sed 's/ $//')"
holds cli/configs/as-kafka-sees 'max.message.bytes=200000' "$(tool configs --describe --entity-type topics --entity-name "$topic")"
changed=$(cli configs alter --entity-type clients --entity-name slow --add-config producer_byte_rate=1000000)
if grep -q 'does not serve' <<< "$changed"; then skip cli/configs/quota "the node does not serve quotas yet"
else
holds cli/configs/quota 'Changed the quotas' "$changed"
same cli/configs/quota-describe 'slow producer_byte_rate 1000000' "$(data configs describe --entity-type clients --json | jq -r '"\(.clientId) \(.key) \(.value)"')"
fi

# Records: ours and kcat's, in both directions.
seq 1 300 | awk '{print "k" $1 ":v" $1}' > "$work/lines"
passes cli/produce bash -c "'$moldau' produce '$topic' -b '$bootstrap' --property parse.key=true --property key.separator=: --compression-codec lz4 < '$work/lines'"
same cli/produce/as-kcat-reads "$(sort "$work/lines")" "$(kcat -q -b "$bootstrap" -C -t "$topic" -o beginning -e -K: 2>/dev/null | sort)"
same cli/consume "$(sort "$work/lines")" "$(data consume "$topic" --from-beginning -e --property print.key=true --property key.separator=: | sort)"
same cli/consume/as-the-console-consumer "$(tool console-consumer --topic "$topic" --from-beginning --max-messages 300 --formatter-property print.timestamp=true --formatter-property print.partition=true \
    --formatter-property print.offset=true --formatter-property print.headers=true --formatter-property print.key=true | sort)" \
  "$(data consume "$topic" --from-beginning -e --property print.timestamp=true --property print.partition=true --property print.offset=true --property print.headers=true --property print.key=true | sort)"
same cli/consume/tail 10 "$(data consume "$topic" --tail 2 -e | wc -l)"
same cli/consume/max-messages 7 "$(data consume "$topic" --from-beginning --max-messages 7 | wc -l)"
same cli/consume/head 1 "$(data consume "$topic" --from-beginning | head -1 | wc -l)"
copy=$(unique copy)
cli topics create "$copy" --partitions 5 > "$work/out"
data consume "$topic" --from-beginning -e --json > "$work/records.json"
passes cli/produce/json bash -c "'$moldau' produce '$copy' -b '$bootstrap' --json < '$work/records.json'"
same cli/produce/json-is-the-same "$(jq -c '[.partition, .key, .value, .timestamp]' "$work/records.json" | sort)" "$(data consume "$copy" --from-beginning -e --json | jq -c '[.partition, .key, .value, .timestamp]' | sort)"

kcats=$(unique kcats)
cli topics create "$kcats" > "$work/out"
printf 'a:1\nb:2\n:3\nc:\nplain\n' > "$work/cat"
passes cli/cat/produce bash -c "'$moldau' cat -P -b '$bootstrap' -t '$kcats' -K: -Z -H h1=x -H h2 -z zstd < '$work/cat'"
same cli/cat/format "$(kcat -q -b "$bootstrap" -C -t "$kcats" -e -Z -f 'T %t P %p O %o K %k/%K S %s/%S H %h %T %% \x41\t\n')" "$(cat_ -q -C -t "$kcats" -e -Z -f 'T %t P %p O %o K %k/%K S %s/%S H %h %T %% \x41\t\n')"
same cli/cat/json "$(kcat -q -b "$bootstrap" -C -t "$kcats" -e -J | jq -cS .)" "$(cat_ -q -C -t "$kcats" -e -J | jq -cS .)"
same cli/cat/binary-length "$(kcat -q -b "$bootstrap" -C -t "$kcats" -e -f '%R%s' | od -An -tx1)" "$(cat_ -q -C -t "$kcats" -e -f '%R%s' | od -An -tx1)"
for offset in beginning -2 1 end; do
  same "cli/cat/offset$offset" "$(kcat -q -b "$bootstrap" -C -t "$kcats" -p 0 -o "$offset" -e)" "$(cat_ -q -C -t "$kcats" -p 0 -o "$offset" -e)"
done
same cli/cat/count "$(kcat -q -b "$bootstrap" -C -t "$kcats" -c 2 -D ';')" "$(cat_ -q -C -t "$kcats" -c 2 -D ';')"
same cli/cat/list "$(kcat -b "$bootstrap" -L -t "$topic" | tail -n +3 | sed 's/ (controller)//')" "$(cat_ -L -t "$topic" | tail -n +3 | sed 's/ (controller)//')"
for time in 0 -1 -2; do same "cli/cat/query$time" "$(kcat -b "$bootstrap" -Q -t "$kcats:0:$time")" "$(cat_ -Q -t "$kcats:0:$time")"; done
same cli/cat/group "$(kcat -q -b "$bootstrap" -C -t "$kcats" -e | sort)" "$(cat_ -q -G "$(unique group)" -e "$kcats" | sort)"

# Groups.
group=$(unique group)
same cli/consume/group 100 "$(data consume "$topic" --group "$group" --from-beginning --max-messages 100 | wc -l)"
same cli/groups/list "$group" "$(data groups list --json | jq -r --arg g "$group" 'select(.group == $g) | .group')"
same cli/groups/lag 200 "$(data groups describe "$group" --json | jq -s 'map(.currentOffset // 0) | 300 - add')"
same cli/groups/lag-as-kafka-tells "$(tool consumer-groups --describe --group "$group" | awk '$2 ~ /^cli/ {print $3, $4, $5, $6}' | sort)" \
  "$(data groups describe "$group" --json | jq -r '"\(.partition) \(.currentOffset) \(.logEndOffset) \(.lag)"' | sort)"
data groups reset-offsets "$group" --topic "$topic" --to-earliest > "$work/out"
same cli/groups/dry-run 200 "$(data groups describe "$group" --json | jq -s 'map(.currentOffset // 0) | 300 - add')"
passes cli/groups/reset "$moldau" groups reset-offsets "$group" --topic "$topic" --to-earliest --execute -b "$bootstrap"
same cli/groups/after-reset 300 "$(data groups describe "$group" --json | jq -s 'map(.lag) | add')"
same cli/groups/by-time 0 "$(data groups reset-offsets "$group" --topic "$topic" --to-datetime 2000-01-01T00:00:00.000 --json | jq -s 'map(.newOffset) | add')"
data groups reset-offsets "$group" --topic "$topic" --to-latest --export > "$work/offsets.csv"
passes cli/groups/from-file "$moldau" groups reset-offsets "$group" --from-file "$work/offsets.csv" --execute -b "$bootstrap"
same cli/groups/after-file 0 "$(data groups describe "$group" --json | jq -s 'map(.lag) | add')"
holds cli/groups/delete-offsets "no offset for $topic-0" "$(cli groups delete-offsets "$group" --topic "$topic:0")"
holds cli/groups/delete "Deleted group $group" "$(cli groups delete "$group")"
holds cli/groups/not-there 'there is no group.*groups list' "$(cli groups describe "$group" | tr '\n' ' ')"

# Partitions, cluster, quorum, transactions.
same cli/partitions/offsets "$(tool get-offsets --topic "$topic" --time latest | sort)" "$(data partitions offsets "$topic" --time latest --json | jq -r '"\(.topic):\(.partition):\(.offset)"' | sort)"
same cli/partitions/sizes "$(tool log-dirs --describe --topic-list "$topic" | tail -1 | jq '[.brokers[].logDirs[].partitions[].size] | add')" "$(data partitions sizes "$topic" --json | jq .sizeBytes)"
data partitions reassign generate --topics "$topic" > "$work/plan.json"
same cli/partitions/plan "5 1" "$(jq -r '"\(.partitions | length) \(.partitions[0].replicas[0])"' "$work/plan.json")"
passes cli/partitions/execute "$moldau" partitions reassign execute --reassignment-json-file "$work/plan.json" -b "$bootstrap"
passes cli/partitions/verify "$moldau" partitions reassign verify --reassignment-json-file "$work/plan.json" -b "$bootstrap"
passes cli/partitions/elect "$moldau" partitions elect --all-topic-partitions -b "$bootstrap"
holds cli/partitions/delete-records 'begins at 1 now' "$(cli partitions delete-records --topic "$topic:1" --before-offset 1)"
same cli/cluster/id "$(kafka cluster cluster-id --bootstrap-server "$bootstrap" 2>/dev/null | sed 's/.*: //')" "$(data cluster id --json | jq -r .clusterId)"
same cli/cluster/features "$(tool features describe | sed -n 's/.*metadata.version.*SupportedMaxVersion: \([^\t]*\).*/yes/p')" "$(data cluster features --json | jq -r 'select(.feature == "metadata.version" and .finalizedVersionLevel > 0) | "yes"')"
same cli/quorum/status 1 "$(data quorum status --json | jq .leaderId)"
same cli/quorum/replication Leader "$(data quorum replication --json | jq -r 'select(.nodeId == 1) | .status')"
passes cli/transactions/find-hanging "$moldau" transactions find-hanging -b "$bootstrap"
transactional=$(unique txn)
passes cli/cat/transaction bash -c "seq 1 3 | '$moldau' cat -P -b '$bootstrap' -t '$kcats' -X transactional.id=$transactional"
same cli/transactions/list CompleteCommit "$(data transactions list --json | jq -r --arg id "$transactional" 'select(.transactionalId == $id) | .state')"
same cli/transactions/describe "$transactional" "$(data transactions describe --transactional-id "$transactional" --json | jq -r .transactionalId)"
holds cli/transactions/read-committed '^3$' "$(data consume "$kcats" --from-beginning -e --isolation-level read_committed | tail -1)"

if grep -q 'does not serve' <<< "$(cli users list)"; then skip cli/users "the node does not serve SCRAM users yet"
else
passes cli/users/set bash -c "echo secret | '$moldau' users set alice --mechanism SCRAM-SHA-256 -b '$bootstrap'"
same cli/users/list 'alice SCRAM-SHA-256 4096' "$(data users list --json | jq -r '"\(.user) \(.mechanism) \(.iterations)"')"
passes cli/users/delete "$moldau" users delete alice --mechanism SCRAM-SHA-256 -b "$bootstrap"
fi

passes cli/bench/produce "$moldau" bench produce --topic "$copy" --num-records 20000 --record-size 100 -b "$bootstrap"
same cli/bench/consume 20300 "$(data bench consume --topic "$copy" --json | jq .records)"
checked=$(data check --json); code=$?
same cli/check/exit 0 "$code"
holds cli/check/finds single-broker "$checked"
holds cli/unreachable 'no broker answers at localhost:1.*is it running' "$(timeout 60 "$moldau" topics list -b localhost:1 2>&1 | tr '\n' ' ')"
holds cli/topics/delete "Deleted topic $topic" "$(cli topics delete "$topic")"


# Each answer to programs is a JSON object a line, whatever the command; a reader that leaves is no error; nothing colours what is no terminal.
while read -r -a command; do
  out=$(data "${command[@]}" --json); code=$?
  same "cli/json/${command[*]}" "0 true" "$code $(jq -s 'all(type == "object")' <<<"$out" 2>&1)"
done <<COMMANDS
topics list
topics describe
topics describe $copy
configs describe --entity-type topics
configs describe --entity-type brokers --all
configs describe --entity-type groups
configs describe --entity-type client-metrics
groups list
groups describe --all-groups
groups describe --all-groups --members
groups describe --all-groups --state
partitions sizes
partitions sizes --partitions
partitions sizes --directories
partitions offsets
partitions offsets --time latest
partitions reassign list
partitions elect --all-topic-partitions
transactions list
transactions find-hanging
cluster id
cluster describe
cluster nodes
cluster features
quorum status
quorum replication
check
COMMANDS
same cli/json/refused INVALID_PARTITIONS "$(data topics alter "$copy" --partitions 1 --json | jq -r .error)"
for command in "topics list" "configs describe --entity-type brokers --all" "consume $copy --from-beginning"; do
  # shellcheck disable=SC2086
  (unset "${!MOLDAU_COMPAT_@}"; timeout 30 "$moldau" $command -b "$bootstrap" 2>"$work/left"; echo $? > "$work/code") | head -1 >/dev/null
  same "cli/head/${command%% --*}" "0 " "$(cat "$work/code") $(cat "$work/left")"
done
same cli/no-colour 0 "$(data check | grep -c $'\033')"
# A terminal: colours, unless NO_COLOR says otherwise; plain bars without UTF-8.
at_terminal() { (unset "${!MOLDAU_COMPAT_@}"; TERM=xterm script -qec "env $1 timeout 30 '$moldau' $2 -b '$bootstrap'" /dev/null 2>/dev/null </dev/null); }
if command -v script >/dev/null; then
  holds cli/terminal/colour $'\033' "$(at_terminal NO_COLOR= check)"
  same cli/terminal/no-colour 0 "$(at_terminal NO_COLOR=1 check | grep -cE $'\033\\[[0-9;]*m')"
  holds cli/terminal/bars '█' "$(at_terminal 'LC_ALL=C.UTF-8' "partitions offsets $copy")"
  holds cli/terminal/plain-bars '##' "$(at_terminal 'LC_ALL=C' "partitions offsets $copy")"
fi
# Ctrl-C: what was printed is committed, the member leaves, and that is no error. A shell in the background ignores SIGINT for its children, so that python sends it to one of its own.
stopped=$(unique stopped)
same cli/ctrl-c "all 0" "$(python3 - "$moldau" "$bootstrap" "$copy" "$stopped" <<'PY'
import signal, subprocess, sys
program, bootstrap, topic, group = sys.argv[1:]
reader = subprocess.Popen([program, "consume", topic, "--group", group, "--from-beginning", "-b", bootstrap], stdout=subprocess.PIPE)
lines = 0
for _ in range(300):
    lines += bool(reader.stdout.readline())
reader.send_signal(signal.SIGINT)
lines += reader.stdout.read().count(b"\n")
print("all" if lines >= 300 else lines, reader.wait(30))
PY
)"
same cli/ctrl-c/left Empty "$(data groups describe "$stopped" --state --json | jq -r .state)"
same cli/ctrl-c/committed yes "$(data groups describe "$stopped" --json | jq -rs 'if map(.currentOffset // 0) | add >= 300 then "yes" else "no" end')"
finish
