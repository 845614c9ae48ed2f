#!/usr/bin/env bash
# The client with GSSAPI against Apache Kafka and MIT's KDC, all on loopback and in a folder of their own: ticket, keytab, password, and what is said when one of them is wrong.
source "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin need client-gssapi "$peers/kafka/kafka-node" java krb5kdc kadmin.local kdb5_util kinit
[ -x "$moldau" ] || skip_all client-gssapi "artifacts/moldau/moldau is not built"
PATH=$PATH:/usr/sbin

realm=MOLDAU.TEST
kdc_port=$(free_port 4)
kdc=$work/kdc
mkdir -p "$kdc"
cat > "$kdc/krb5.conf" <<CONF
[libdefaults]
 default_realm = $realm
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 $realm = {
  kdc = 127.0.0.1:$kdc_port
 }
CONF
cat > "$kdc/kdc.conf" <<CONF
[kdcdefaults]
 kdc_listen = 127.0.0.1:$kdc_port
 kdc_tcp_listen = 127.0.0.1:$kdc_port
[realms]
 $realm = {
  database_name = $kdc/principal
  key_stash_file = $kdc/stash
 }
[logging]
 kdc = FILE:$kdc/kdc.log
CONF
export KRB5_CONFIG=$kdc/krb5.conf KRB5_KDC_PROFILE=$kdc/kdc.conf KRB5CCNAME=FILE:$kdc/tickets
unset KRB5_CLIENT_KTNAME KRB5_KTNAME
{
  kdb5_util create -s -r "$realm" -P master -W
  for line in 'addprinc -randkey kafka/127.0.0.1' 'addprinc -pw alice-secret alice' 'addprinc -pw bob-secret bob' \
    "ktadd -k $kdc/broker.keytab kafka/127.0.0.1" "ktadd -norandkey -k $kdc/alice.keytab alice"; do kadmin.local -q "$line"; done
} > "$work/realm.out" 2>&1 || { fail client-gssapi "no realm could be made: $(tail -3 "$work/realm.out")"; finish; }
krb5kdc -n -P "$kdc/pid" > "$work/kdc.out" 2>&1 </dev/null &
kdc_pid=$!
kafka_dir=$work/kafka
# What this script started ends with it, whatever happens.
trap 'status=$?; kill "$kdc_pid" 2>/dev/null; [ -e "$kafka_dir/pid" ] && "$peers/kafka/kafka-node" kill "$kafka_dir"; rm -rf "$work"; exit $status' EXIT

port=$((kdc_port + 1))
secured=$((kdc_port + 3))
jaas='com.sun.security.auth.module.Krb5LoginModule required'
KAFKA_HEAP=512M KAFKA_JVM="$(server_jvm) -Djava.security.krb5.conf=$KRB5_CONFIG" "$peers/kafka/kafka-node" start "$kafka_dir" "$port" \
  "listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1)),SASL_PLAINTEXT://127.0.0.1:$secured" \
  "advertised.listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1)),SASL_PLAINTEXT://127.0.0.1:$secured" \
  "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT" \
  "sasl.kerberos.service.name=kafka" "listener.name.sasl_plaintext.sasl.enabled.mechanisms=GSSAPI" \
  "listener.name.sasl_plaintext.gssapi.sasl.jaas.config=$jaas useKeyTab=true storeKey=true keyTab=\"$kdc/broker.keytab\" principal=\"kafka/127.0.0.1@$realm\";" \
  "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer" "super.users=User:ANONYMOUS;User:alice" \
  > "$work/start.out" 2>&1 || { fail client-gssapi "Apache Kafka did not start: $(tail -5 "$work/start.out")"; finish; }

printf '%s\n' security.protocol=SASL_PLAINTEXT sasl.mechanism=GSSAPI sasl.kerberos.service.name=kafka > "$work/client.properties"
# cli ARGS...: the command line with GSSAPI; variables before it are those of Kerberos.
cli() { (unset "${!MOLDAU_COMPAT_@}"; timeout 60 "$moldau" "$@" -b "127.0.0.1:$secured" --command-config "$work/client.properties" 2>&1); }
login() { echo "--command-property=sasl.jaas.config=$jaas $1;"; }

holds client-gssapi/no-ticket 'there are no credentials: get a ticket \(kinit' "$(cli topics list)"
passes client-gssapi/kinit kinit alice <<< alice-secret
holds client-gssapi/admin 'Created topic t' "$(cli topics create t --partitions 2 --replication-factor 1)"
seq 100 > "$work/lines"
passes client-gssapi/produce cli produce t < "$work/lines"
same client-gssapi/consume "$(sort "$work/lines")" "$(cli consume t --group g --from-beginning --max-messages 100 2>/dev/null | sort)"
holds client-gssapi/service-of-the-file 'no service mill/127.0.0.1 .*kvno mill/127.0.0.1' "$(cli topics list --command-property sasl.kerberos.service.name=mill)"

KRB5CCNAME=MEMORY:none
same client-gssapi/keytab t "$(KRB5_CLIENT_KTNAME=$kdc/alice.keytab cli topics list --exclude-internal)"
same client-gssapi/keytab-of-jaas t "$(KRB5_CLIENT_KTNAME=FILE:$kdc/alice.keytab cli topics list --exclude-internal "$(login "useKeyTab=true keyTab=\"$kdc/alice.keytab\" principal=\"alice@$realm\"")")"
holds client-gssapi/keytab-elsewhere "start the program with KRB5_CLIENT_KTNAME=$kdc/alice.keytab" "$(cli topics list "$(login "useKeyTab=true keyTab=\"$kdc/alice.keytab\"")")"
holds client-gssapi/keytab-that-is-not-there 'there are no credentials' "$(KRB5_CLIENT_KTNAME=$kdc/none.keytab cli topics list)"
same client-gssapi/password t "$(cli topics list --exclude-internal "$(login "principal=\"alice@$realm\" password=\"alice-secret\"")")"
holds client-gssapi/wrong-password "the KDC gives alice@$realm no ticket" "$(cli topics list "$(login "principal=\"alice@$realm\" password=\"guess\"")")"
# A principal that the broker takes and that may do nothing.
holds client-gssapi/nobody 'creating topic u: .*uthoriz' "$(cli topics create u "$(login "principal=\"bob@$realm\" password=\"bob-secret\"")")"

# A ticket of a second; the file has it still when it is over. Kerberos counts whole seconds, and the last one is within its life.
KRB5CCNAME=FILE:$kdc/short
kinit -l 1s alice > "$work/short.out" 2>&1 <<< alice-secret
over=$(($(date +%s) + 2))
until [ "$(date +%s)" -gt "$over" ]; do sleep 0.1; done
holds client-gssapi/expired 'the ticket has expired' "$(cli topics list)"

kill "$kdc_pid"
wait "$kdc_pid" 2>/dev/null
holds client-gssapi/no-kdc 'its KDC answers' "$(KRB5CCNAME=MEMORY:none KRB5_CLIENT_KTNAME=$kdc/alice.keytab cli topics list)"
# Who has the broker's ticket already does not need the KDC.
same client-gssapi/ticket-without-kdc t "$(KRB5CCNAME=FILE:$kdc/tickets cli topics list --exclude-internal)"
"$peers/kafka/kafka-node" stop "$kafka_dir"
finish
