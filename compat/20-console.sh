#!/usr/bin/env bash
# Apache Kafka's console producer, console consumer (by partition: groups have their own issue) and producer performance test.
source "$(dirname "$0")/lib.sh"
need console java "$peers/kafka/kafka"
node_known console
node_start

topic=$(unique console)
printf 'a:first\nb:second\nc:third\n' > "$work/lines"
passes console/producer kafka console-producer --bootstrap-server "$bootstrap" --topic "$topic" --compression-codec zstd \
  --reader-property parse.key=true --reader-property key.separator=: < "$work/lines"
got=$(kafka console-consumer --bootstrap-server "$bootstrap" --topic "$topic" --partition 0 --offset earliest --max-messages 3 --timeout-ms 20000 \
  --formatter-property print.key=true --formatter-property key.separator=: --formatter-property print.offset=true 2> "$work/err" | paste -sd,)
same console/consumer 'Offset:0:a:first,Offset:1:b:second,Offset:2:c:third' "$got"
got=$(kafka console-consumer --bootstrap-server "$bootstrap" --topic "$topic" --partition 0 --offset 2 --max-messages 1 --timeout-ms 20000 2> "$work/err")
same console/consumer-from-offset third "$got"

topic=$(unique perf)
got=$(kafka producer-perf-test --bootstrap-server "$bootstrap" --topic "$topic" --num-records 50000 --record-size 100 --throughput -1 \
  --command-property acks=all 2>&1)
holds console/producer-perf-test '^50000 records sent' "$got"
finish
