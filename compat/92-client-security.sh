#!/usr/bin/env bash
# Moldau.Client against Apache Kafka with TLS and SASL: certificates by PEM and PKCS #12, PLAIN, SCRAM, OAUTHBEARER; ACLs, quotas, users and tokens by its admin.
source "$(dirname "$0")/lib.sh"
need client-security "$peers/kafka/kafka-node" openssl dotnet java

keys=$work/keys
mkdir -p "$keys"
# authority NAME; signed NAME SUBJECT-ALT-NAME [DAYS]
authority() { openssl req -x509 -newkey rsa:2048 -nodes -keyout "$keys/$1.key" -out "$keys/$1.pem" -days 2 -subj "/CN=$1" 2>/dev/null; }
signed() {
  openssl req -newkey rsa:2048 -nodes -keyout "$keys/$1.key" -out "$keys/$1.csr" -subj "/CN=$1" 2>/dev/null
  openssl x509 -req -in "$keys/$1.csr" -CA "$keys/ca.pem" -CAkey "$keys/ca.key" -CAcreateserial -days "${3:-2}" -out "$keys/$1.crt" -extfile <(echo "subjectAltName=$2") 2>/dev/null
  cat "$keys/$1.key" "$keys/$1.crt" > "$keys/$1.pem"
}
authority ca
authority other
signed broker IP:127.0.0.1
signed client DNS:client
signed expired IP:127.0.0.1 -1
openssl pkcs12 -export -in "$keys/client.crt" -inkey "$keys/client.key" -out "$keys/client.p12" -passout pass:changeit

port=$(free_port 6)
first=$((port + 2))
users='org.apache.kafka.common.security'
scram="$users.scram.ScramLoginModule required;"
kafka_dir=$work/kafka
KAFKA_JVM=$(server_jvm) FORMAT_ARGS="--add-scram SCRAM-SHA-256=[name=alice,password=alice-secret] --add-scram SCRAM-SHA-512=[name=alice,password=alice-secret]" \
  "$peers/kafka/kafka-node" start "$kafka_dir" "$port" \
  "listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1)),SSL://127.0.0.1:$first,SASL_PLAINTEXT://127.0.0.1:$((first + 1)),SASL_SSL://127.0.0.1:$((first + 2)),EXPIRED://127.0.0.1:$((first + 3))" \
  "advertised.listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1)),SSL://127.0.0.1:$first,SASL_PLAINTEXT://127.0.0.1:$((first + 1)),SASL_SSL://127.0.0.1:$((first + 2)),EXPIRED://127.0.0.1:$((first + 3))" \
  "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,EXPIRED:SSL" \
  "ssl.keystore.type=PEM" "ssl.keystore.location=$keys/broker.pem" "ssl.truststore.type=PEM" "ssl.truststore.location=$keys/ca.pem" "ssl.client.auth=required" \
  "listener.name.expired.ssl.keystore.type=PEM" "listener.name.expired.ssl.keystore.location=$keys/expired.pem" \
  "listener.name.sasl_plaintext.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER" \
  "listener.name.sasl_plaintext.plain.sasl.jaas.config=$users.plain.PlainLoginModule required user_alice=\"alice-secret\";" \
  "listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config=$scram" "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=$scram" \
  "listener.name.sasl_plaintext.oauthbearer.sasl.jaas.config=$users.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"broker\";" \
  "listener.name.sasl_plaintext.oauthbearer.sasl.server.callback.handler.class=$users.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler" \
  "listener.name.sasl_ssl.sasl.enabled.mechanisms=SCRAM-SHA-512" "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=$scram" \
  "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer" "allow.everyone.if.no.acl.found=true" "super.users=User:ANONYMOUS;User:alice" \
  "delegation.token.secret.key=secret" \
  > "$work/start.out" 2>&1 || { fail client-security "Apache Kafka did not start: $(tail -5 "$work/start.out")"; finish; }

MOLDAU_COMPAT_SECURED=$keys:$first dotnet run --project "$root/tests/Client.Tests" -- -noLogo -noColor -class Moldau.Client.Tests.SecuredKafkaTests -class Moldau.Client.Tests.SecuredAdminTests > "$work/tests.out" 2>&1

# Tokens, as kafka-delegation-tokens handles them.
if [ -x "$moldau" ]; then
  login() { printf '%s\n' security.protocol=SASL_PLAINTEXT sasl.mechanism=SCRAM-SHA-256 "sasl.jaas.config=$scram" | sed "s|required|required username=\"$1\" password=\"$2\" $3|" > "$work/$4.properties"; }
  login alice alice-secret '' alice
  cli() { local who=$1; shift; (unset "${!MOLDAU_COMPAT_@}"; timeout 60 "$moldau" "$@" -b "127.0.0.1:$((first + 1))" --command-config "$work/$who.properties" 2>&1); }
  field() { python3 -c "import json, sys; print(json.loads(sys.stdin.readline())['$1'])"; }
  # until COMMAND...: brokers hear of tokens a little after the controller has made them.
  until_true() { local _; for _ in $(seq 50); do "$@" && return 0; sleep 0.1; done; return 1; }
  cli alice tokens create --renewer-principal User:bob --max-life-time-period 7200000 --json > "$work/token"
  id=$(grep '^{' "$work/token" | field tokenId) hmac=$(grep '^{' "$work/token" | field hmac)
  seen() { cli alice tokens list | grep -q "$id"; }
  passes client-security/tokens/list until_true seen
  theirs=$(kafka delegation-tokens --bootstrap-server "127.0.0.1:$((first + 1))" --command-config "$work/alice.properties" --describe --owner-principal User:alice)
  holds client-security/tokens/as-kafka-shows "$id +${hmac//+/\\+} +User:alice +User:alice +\[?User:bob" "$theirs"
  same client-security/tokens/secrets "$hmac" "$(cli alice tokens describe --owner-principal User:alice --secrets --json | grep "$id" | field hmac)"
  same client-security/tokens/no-secrets 0 "$(cli alice tokens list --json | grep -cF "$hmac")"
  login "$id" "$hmac" 'tokenauth="true"' bearer
  holds client-security/tokens/log-in 'Created topic by-token' "$(cli bearer topics create by-token --partitions 1)"
  holds client-security/tokens/not-by-a-token 'a token is for who has logged in, and not by a token' "$(cli bearer tokens create)"
  holds client-security/tokens/renew "Token $id holds until" "$(cli alice tokens renew "$id" --renew-time-period 60000)"
  holds client-security/tokens/unknown 'moldau tokens list' "$(cli alice tokens renew --hmac AAAA)"
  holds client-security/tokens/expire 'The token holds until' "$(cli alice tokens expire --hmac "$hmac")"
  gone() { ! seen; }
  passes client-security/tokens/gone until_true gone
  holds client-security/tokens/no-log-in "refuses SCRAM-SHA-256 as $id" "$(cli bearer topics list)"
else skip client-security/tokens "artifacts/moldau/moldau is not built"
fi
"$peers/kafka/kafka-node" stop "$kafka_dir"
summary=$(grep -E 'Total: [0-9]+' "$work/tests.out" | tail -1)
holds client-security "Total: [1-9][0-9]*, Errors: 0, Failed: 0, Skipped: 0" "${summary:-$(tail -5 "$work/tests.out")}"
[ "$failures" -eq 0 ] || grep -A14 'FAIL' "$work/tests.out"
finish
