#!/usr/bin/env bash
# kcat (librdkafka): codecs, keys, nulls, headers, timestamps, offsets, metadata.
source "$(dirname "$0")/lib.sh"
need kcat kcat
node_known kcat
node_start

kc() { timeout 30 kcat -b "$bootstrap" -X topic.metadata.refresh.interval.ms=1000 "$@"; }
produce() { kc -P -t "$@"; }
consume() { kc -C -q -e -o beginning -t "$@"; }

for codec in none gzip snappy lz4 zstd; do
  topic=$(unique "kcat-$codec")
  seq 1 2000 | sed 's/.*/value & of a text that compresses well/' > "$work/sent"
  produce "$topic" -p 0 -X compression.codec=$codec < "$work/sent" 2> "$work/err"
  if consume "$topic" > "$work/got" 2>> "$work/err" && cmp -s "$work/sent" "$work/got"; then ok "kcat/codec/$codec"
  else fail "kcat/codec/$codec" "$(wc -l < "$work/got") of 2000 lines came back as sent; $(tail -2 "$work/err")"; fi
done

topic=$(unique kcat-fields)
produce "$topic" -p 0 -K: <<< 'k1:v1'
produce "$topic" -p 0 -k k2 -H a=1 -H b=two -H a=again <<< 'v2'
printf 'k3:\n' | produce "$topic" -p 0 -K: -Z
same kcat/keys-values-headers 'k1=v1;0;|k2=v2;1;a=1,b=two,a=again|k3=NULL;2;' "$(consume "$topic" -Z -f '%k=%s;%o;%h\n' | paste -sd'|')"
same kcat/offset-in-the-middle 'v2' "$(kc -C -q -e -t "$topic" -p 0 -o 1 -c 1 -f '%s')"
same kcat/offset-from-the-end 'k3' "$(kc -C -q -e -t "$topic" -p 0 -o -1 -c 1 -f '%k')"

before=$(date +%s%3N)
sleep 0.01
topic=$(unique kcat-times)
produce "$topic" -p 0 <<< one
first=$(consume "$topic" -f '%T')
if [ "$first" -ge "$before" ] && [ "$first" -le "$(date +%s%3N)" ]; then ok kcat/timestamp; else fail kcat/timestamp "$first is not between $before and now"; fi
sleep 0.01
produce "$topic" -p 0 <<< two
second=$(consume "$topic" -o 1 -f '%T\n' | tail -1)
same kcat/query/first "$topic [0] offset 0" "$(kc -Q -t "$topic:0:$before")"
same kcat/query/second "$topic [0] offset 1" "$(kc -Q -t "$topic:0:$second")"
same kcat/query/after-the-end "$topic [0] offset -1" "$(kc -Q -t "$topic:0:$((second + 3600000))")"
same kcat/query/beginning-and-end "$topic [0] offset 0|$topic [0] offset 2" "$(kc -Q -t "$topic:0:-2" | paste -sd'|')|$(kc -Q -t "$topic:0:-1")"
same kcat/consume-from-time two "$(kc -C -q -e -t "$topic" -p 0 -o "s@$second")"

topic=$(unique kcat-nothing)
printf '' | produce "$topic" -p 0 -X message.timeout.ms=3000
for _ in 1 2 3 4 5 6 7 8 9 10; do kc -L -t "$topic" | grep -q 'with 1 partitions' && break; sleep 0.5; done
holds kcat/metadata/auto-created "topic \"$topic\" with 1 partitions" "$(kc -L -t "$topic")"
metadata=$(kc -L -J)
same kcat/metadata/brokers "$bootstrap" "$(python3 -c 'import json, sys; print(",".join(b["name"] for b in json.load(sys.stdin)["brokers"]))' <<< "$metadata")"
same kcat/metadata/leaders "" "$(python3 -c '
import json, sys
for topic in json.load(sys.stdin)["topics"]:
    for partition in topic["partitions"]:
        if partition["leader"] < 0 or not partition["isrs"]:
            print(topic["topic"], partition)' <<< "$metadata")"

topic=$(unique kcat-acks)
for acks in 0 1 all; do produce "$topic" -p 0 -X topic.acks=$acks <<< "acks $acks"; done
same kcat/acks 'acks 0,acks 1,acks all' "$(consume "$topic" | sort | paste -sd,)"

topic=$(unique kcat-idempotent)
seq 1 5000 | produce "$topic" -p 0 -X enable.idempotence=true -X batch.num.messages=50
same kcat/idempotent "$(seq 1 5000 | md5sum)" "$(consume "$topic" | md5sum)"

head -c 900000 /dev/urandom | base64 -w0 | head -c 990000 > "$work/big"
topic=$(unique kcat-big)
kc -P -t "$topic" -p 0 -X message.max.bytes=2000000 "$work/big"
same kcat/big-record "$(md5sum < "$work/big")" "$(consume "$topic" -D '' | md5sum)"
finish
