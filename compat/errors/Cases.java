import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.message.CreateTopicsRequestData.*;
import org.apache.kafka.common.record.*;
import org.apache.kafka.common.record.internal.*;

/** The requests, good and bad, in an order that both nodes see. */
final class Cases {
    private static final int TOPIC = 2, BROKER = 4, LOGGER = 8, METRICS = 16, GROUP = 32;
    private static final int SET = 0, DELETE = 1, APPEND = 2, SUBTRACT = 3;
    private static final int TIMEOUT = 10000;
    private final Walk walk;

    Cases(Walk walk) {
        this.walk = walk;
    }

    void all() throws Exception {
        createTopics();
        createPartitions();
        incrementalAlter();
        alter();
        describe();
        records();
        metadata();
        cluster();
        moves();
        features();
        deleteTopics();
    }

    // ---- topics

    private static CreatableTopic topic(String name, int partitions, int replicationFactor, String... configs) {
        CreatableTopic topic = new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) replicationFactor);
        for (int i = 0; i < configs.length; i += 2) {
            topic.configs().add(new CreatableTopicConfig().setName(configs[i]).setValue(configs[i + 1]));
        }
        return topic;
    }

    private static CreatableTopic assigned(String name, int... partitionThenReplicas) {
        CreatableTopic topic = topic(name, -1, -1);
        for (int i = 0; i < partitionThenReplicas.length; i += 2) {
            topic.assignments().add(new CreatableReplicaAssignment().setPartitionIndex(partitionThenReplicas[i]).setBrokerIds(List.of(partitionThenReplicas[i + 1])));
        }
        return topic;
    }

    private static CreateTopicsRequestData create(boolean validateOnly, CreatableTopic... topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT).setValidateOnly(validateOnly);
        for (CreatableTopic topic : topics) {
            request.topics().mustAdd(topic);
        }
        return request;
    }

    private void createTopics() throws Exception {
        walk.ask("create/one", create(false, topic("one", 3, 1)));
        walk.ask("create/again", create(false, topic("one", 3, 1)));
        walk.ask("create/again-validate", create(true, topic("one", 3, 1)));
        walk.ask("create/validate", create(true, topic("only-looked-at", 2, 1, "retention.ms", "5")));
        walk.ask("create/with-configs", create(false, topic("with-configs", 1, 1, "retention.ms", "86400000", "cleanup.policy", "compact,delete", "min.insync.replicas", "1")));
        walk.ask("create/defaults", create(false, topic("defaults", -1, -1)));
        for (int version = 2; version <= 6; version++) {
            walk.ask("create/v" + version, create(false, topic("by-version-" + version, 1, 1, "segment.bytes", "1048576")), version);
            walk.ask("create/v" + version + "-again", create(false, topic("by-version-" + version, 1, 1)), version);
            walk.ask("create/v" + version + "-bad-config", create(false, topic("bad-by-version-" + version, 1, 1, "segment.bytes", "none")), version);
        }
        for (int version : new int[] {2, 3}) {
            walk.ask("create/v" + version + "-defaults", create(false, topic("defaults-by-version-" + version, -1, -1)), version);
        }
        for (String name : new String[] {"", ".", "..", "a b", "a/b", "schön", "a".repeat(249), "b".repeat(250), "with.dot", "with_dot", "with.dot_too", "with_dot.too", "__cluster_metadata", "a\u0000b", "x:y"}) {
            walk.ask("create/name-" + name.replace('\u0000', '0'), create(false, topic(name, 1, 1)));
        }
        walk.ask("create/colliding-in-one", create(false, topic("in.one", 1, 1), topic("in_one", 1, 1)));
        walk.ask("create/internal", create(false, topic("__consumer_offsets", 2, 1)));
        walk.ask("create/duplicates", createDuplicates());
        walk.ask("create/nothing", create(false));
        for (int partitions : new int[] {0, -1, -2, 10001, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            walk.ask("create/partitions" + partitions, create(true, topic("p", partitions, 1)));
        }
        for (int replicas : new int[] {0, -1, -2, 2, 32767, -32768}) {
            walk.ask("create/replicas" + replicas, create(true, topic("p", 1, replicas)));
        }
        walk.ask("create/both-bad", create(true, topic("p", 0, 0)));
        walk.ask("create/bad-name-and-partitions", create(true, topic("p p", 0, 0)));
        walk.ask("create/zero-and-good", create(false, topic("zero", 0, 1), topic("good", 1, 1)));
        createConfigs();
        createAssigned();
    }

    private void createConfigs() throws Exception {
        String[][] pairs = {
            {"no.such.key", "1"}, {"retention.ms", "soon"}, {"retention.ms", "-2"}, {"retention.ms", ""}, {"retention.ms", null}, {"cleanup.policy", "burn"}, {"cleanup.policy", ""},
            {"cleanup.policy", "delete,delete"}, {"cleanup.policy", "Delete"}, {"compression.type", "brotli"}, {"compression.type", "zstd"}, {"compression.zstd.level", "99"},
            {"compression.gzip.level", "0"}, {"compression.lz4.level", "18"}, {"min.insync.replicas", "0"}, {"min.insync.replicas", "5"}, {"segment.bytes", "13"}, {"segment.bytes", "3000000000"},
            {"segment.bytes", " 2097152 "}, {"segment.ms", "0"}, {"max.message.bytes", "-1"}, {"unclean.leader.election.enable", "yes"}, {"unclean.leader.election.enable", "TRUE"},
            {"min.cleanable.dirty.ratio", "1.5"}, {"min.cleanable.dirty.ratio", "half"}, {"message.timestamp.type", "Now"}, {"message.format.version", "2.0"}, {"remote.storage.enable", "true"},
            {"local.retention.ms", "100"}, {"local.retention.ms", "-3"}, {"retention.bytes", "-2"}, {"file.delete.delay.ms", "-1"}, {"preallocate", "1"}, {"flush.messages", "0"},
            {"message.timestamp.before.max.ms", "-1"}, {"max.compaction.lag.ms", "0"}, {"min.compaction.lag.ms", "9223372036854775807"}, {"min.compaction.lag.ms", "9223372036854775808"},
            {"leader.replication.throttled.replicas", "1:2"}, {"leader.replication.throttled.replicas", "all"}, {"follower.replication.throttled.replicas", "*"},
            {"index.interval.bytes", "-1"}, {"segment.index.bytes", "3"}, {"segment.jitter.ms", "-5"}, {"delete.retention.ms", "-5"}, {"internal.segment.bytes", "1024"}};
        for (String[] pair : pairs) {
            walk.ask("create/config-" + pair[0] + "=" + pair[1], create(true, topic("p", 1, 1, pair[0], pair[1])));
        }
        walk.ask("create/config-lags", create(true, topic("p", 1, 1, "min.compaction.lag.ms", "10", "max.compaction.lag.ms", "5")));
        walk.ask("create/config-local-retention", create(true, topic("p", 1, 1, "retention.ms", "10", "local.retention.ms", "50")));
        walk.ask("create/config-remote-copy", create(true, topic("p", 1, 1, "remote.log.copy.disable", "true")));
        walk.ask("create/config-twice", create(true, topic("p", 1, 1, "retention.ms", "1", "retention.ms", "2")));
        walk.ask("create/config-two-bad", create(true, topic("p", 1, 1, "no.such.key", "1", "retention.ms", "x")));
    }

    private void createAssigned() throws Exception {
        walk.ask("create/assigned", create(false, assigned("assigned", 0, 1, 1, 1)));
        walk.ask("create/assigned-gap", create(true, assigned("p", 0, 1, 2, 1)));
        walk.ask("create/assigned-not-from-0", create(true, assigned("p", 1, 1)));
        walk.ask("create/assigned-unknown-broker", create(true, assigned("p", 0, 7)));
        walk.ask("create/assigned-negative", create(true, assigned("p", 0, -1)));
        walk.ask("create/assigned-and-count", create(true, assigned("p", 0, 1).setNumPartitions(1)));
        walk.ask("create/assigned-and-replicas", create(true, assigned("p", 0, 1).setReplicationFactor((short) 1)));
        CreatableTopic none = topic("p", -1, -1);
        none.assignments().add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of()));
        walk.ask("create/assigned-to-none", create(true, none));
        CreatableTopic twice = topic("p", -1, -1);
        twice.assignments().add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(1, 1)));
        walk.ask("create/assigned-twice", create(true, twice));
        CreatableTopic uneven = topic("p", -1, -1);
        uneven.assignments().add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(1)));
        uneven.assignments().add(new CreatableReplicaAssignment().setPartitionIndex(1).setBrokerIds(List.of(1, 2)));
        walk.ask("create/assigned-uneven", create(true, uneven));
    }

    private static CreateTopicsRequestData createDuplicates() {
        CreateTopicsRequestData request = create(false);
        request.topics().mustAdd(topic("twice", 1, 1));
        request.topics().mustAdd(topic("twice", 2, 1));
        request.topics().mustAdd(topic("once", 1, 1));
        return request;
    }

    private static CreatePartitionsRequestData partitions(boolean validateOnly, String name, int count, Integer... brokers) {
        CreatePartitionsRequestData.CreatePartitionsTopic topic = new CreatePartitionsRequestData.CreatePartitionsTopic().setName(name).setCount(count).setAssignments(null);
        if (brokers.length > 0) {
            topic.setAssignments(new ArrayList<>());
            for (Integer broker : brokers) {
                topic.assignments().add(new CreatePartitionsRequestData.CreatePartitionsAssignment().setBrokerIds(broker < 0 ? List.of() : List.of(broker)));
            }
        }
        CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(TIMEOUT).setValidateOnly(validateOnly);
        request.topics().mustAdd(topic);
        return request;
    }

    private void createPartitions() throws Exception {
        walk.ask("partitions/more", partitions(false, "one", 5));
        walk.ask("partitions/same", partitions(false, "one", 5));
        walk.ask("partitions/fewer", partitions(false, "one", 2));
        walk.ask("partitions/zero", partitions(false, "one", 0));
        walk.ask("partitions/negative", partitions(false, "one", -1));
        walk.ask("partitions/too-many", partitions(false, "one", 20000));
        walk.ask("partitions/unknown", partitions(false, "nobody", 5));
        walk.ask("partitions/illegal", partitions(false, "no body", 5));
        walk.ask("partitions/validate", partitions(true, "one", 9));
        walk.ask("partitions/assigned", partitions(false, "one", 6, 1));
        walk.ask("partitions/assigned-wrong-number", partitions(false, "one", 8, 1));
        walk.ask("partitions/assigned-too-many", partitions(false, "one", 7, 1, 1));
        walk.ask("partitions/assigned-unknown", partitions(false, "one", 7, 9));
        walk.ask("partitions/assigned-none", partitions(false, "one", 7, -1));
        for (int version = 0; version < 3; version++) {
            walk.ask("partitions/v" + version, partitions(false, "nobody", 5), version);
        }
        CreatePartitionsRequestData twice = partitions(false, "one", 8);
        twice.topics().mustAdd(new CreatePartitionsRequestData.CreatePartitionsTopic().setName("one").setCount(9).setAssignments(null));
        walk.ask("partitions/twice", twice);
        walk.ask("partitions/nothing", new CreatePartitionsRequestData().setTimeoutMs(TIMEOUT));
        walk.ask("partitions/internal", partitions(false, "__consumer_offsets", 3));
    }

    private static DeleteTopicsRequestData delete(Object... namesOrIds) {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(TIMEOUT);
        for (Object item : namesOrIds) {
            request.topics().add(item instanceof Uuid id
                ? new DeleteTopicsRequestData.DeleteTopicState().setName(null).setTopicId(id)
                : new DeleteTopicsRequestData.DeleteTopicState().setName((String) item));
        }
        return request;
    }

    private void deleteTopics() throws Exception {
        walk.ask("delete/unknown", delete("nobody"));
        walk.ask("delete/illegal", delete("no body"));
        walk.ask("delete/empty", delete(""));
        walk.ask("delete/unknown-id", delete(new Uuid(5, 6)));
        walk.ask("delete/zero-id", delete(Uuid.ZERO_UUID));
        walk.ask("delete/reserved-id", delete(new Uuid(0, 1)));
        walk.ask("delete/twice", delete("one", "one", "good"));
        walk.ask("delete/twice-id", delete(new Uuid(5, 6), new Uuid(5, 6)));
        DeleteTopicsRequestData both = delete();
        both.topics().add(new DeleteTopicsRequestData.DeleteTopicState().setName("one").setTopicId(new Uuid(5, 6)));
        walk.ask("delete/both", both);
        walk.ask("delete/nothing", delete());
        for (int version = 1; version < 6; version++) {
            walk.ask("delete/v" + version, new DeleteTopicsRequestData().setTimeoutMs(TIMEOUT).setTopicNames(List.of("nobody", "by-version-" + version)), version);
        }
        walk.ask("delete/cluster-metadata", delete("__cluster_metadata"));
        walk.ask("delete/internal", delete("__consumer_offsets"));
        walk.ask("delete/one", delete("one"));
        walk.ask("delete/one-again", delete("one"));
    }

    // ---- configurations

    private static IncrementalAlterConfigsRequestData change(boolean validateOnly, int type, String name, Object... operationNameValue) {
        IncrementalAlterConfigsRequestData.AlterConfigsResource resource = new IncrementalAlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) type).setResourceName(name);
        for (int i = 0; i < operationNameValue.length; i += 3) {
            resource.configs().mustAdd(new IncrementalAlterConfigsRequestData.AlterableConfig().setConfigOperation(((Integer) operationNameValue[i]).byteValue())
                .setName((String) operationNameValue[i + 1]).setValue((String) operationNameValue[i + 2]));
        }
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData().setValidateOnly(validateOnly);
        request.resources().mustAdd(resource);
        return request;
    }

    private void incrementalAlter() throws Exception {
        walk.ask("change/set", change(false, TOPIC, "one", SET, "retention.ms", "1000000"));
        walk.ask("change/v0", change(false, TOPIC, "one", SET, "retention.ms", "none"), 0);
        walk.ask("change/set-same", change(false, TOPIC, "one", SET, "retention.ms", "1000000"));
        walk.ask("change/delete", change(false, TOPIC, "one", DELETE, "retention.ms", null));
        walk.ask("change/delete-unset", change(false, TOPIC, "one", DELETE, "retention.ms", null));
        walk.ask("change/delete-unknown-key", change(false, TOPIC, "one", DELETE, "no.such.key", null));
        walk.ask("change/append", change(false, TOPIC, "one", APPEND, "cleanup.policy", "compact"));
        walk.ask("change/append-again", change(false, TOPIC, "one", APPEND, "cleanup.policy", "compact"));
        walk.ask("change/append-bad", change(false, TOPIC, "one", APPEND, "cleanup.policy", "burn"));
        walk.ask("change/subtract", change(false, TOPIC, "one", SUBTRACT, "cleanup.policy", "compact"));
        walk.ask("change/subtract-all", change(false, TOPIC, "one", SUBTRACT, "cleanup.policy", "delete"));
        walk.ask("change/append-no-list", change(false, TOPIC, "one", APPEND, "retention.ms", "5"));
        walk.ask("change/subtract-no-list", change(false, TOPIC, "one", SUBTRACT, "retention.ms", "5"));
        walk.ask("change/append-unknown", change(false, TOPIC, "one", APPEND, "no.such.key", "5"));
        walk.ask("change/operation-9", change(false, TOPIC, "one", 9, "retention.ms", "5"));
        walk.ask("change/unknown-key", change(false, TOPIC, "one", SET, "no.such.key", "5"));
        walk.ask("change/null", change(false, TOPIC, "one", SET, "retention.ms", null));
        walk.ask("change/append-null", change(false, TOPIC, "one", APPEND, "cleanup.policy", null));
        walk.ask("change/bad-value", change(false, TOPIC, "one", SET, "retention.ms", "soon"));
        walk.ask("change/bad-list", change(false, TOPIC, "one", SET, "cleanup.policy", "burn"));
        walk.ask("change/two-one-bad", change(false, TOPIC, "one", SET, "retention.ms", "5", SET, "segment.bytes", "1"));
        walk.ask("change/twice", change(false, TOPIC, "one", SET, "retention.ms", "5", DELETE, "retention.ms", null));
        walk.ask("change/nothing", change(false, TOPIC, "one"));
        walk.ask("change/unknown-topic", change(false, TOPIC, "nobody", SET, "retention.ms", "5"));
        walk.ask("change/illegal-topic", change(false, TOPIC, "no body", SET, "retention.ms", "5"));
        walk.ask("change/empty-topic", change(false, TOPIC, "", SET, "retention.ms", "5"));
        walk.ask("change/validate", change(true, TOPIC, "one", SET, "retention.ms", "77"));
        walk.ask("change/validate-bad", change(true, TOPIC, "one", SET, "retention.ms", "x"));
        walk.ask("change/min-insync", change(false, TOPIC, "one", SET, "min.insync.replicas", "2"));
        walk.ask("change/min-insync-back", change(false, TOPIC, "one", DELETE, "min.insync.replicas", null));
        walk.ask("change/remote", change(false, TOPIC, "one", SET, "remote.storage.enable", "true"));
        walk.ask("change/type-0", change(false, 0, "one", SET, "a", "b"));
        walk.ask("change/type-7", change(false, 7, "one", SET, "a", "b"));
        IncrementalAlterConfigsRequestData twice = change(false, TOPIC, "one", SET, "retention.ms", "5");
        twice.resources().mustAdd(new IncrementalAlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) TOPIC).setResourceName("one"));
        walk.ask("change/resource-twice", twice);
        changeBrokers();
        changeOthers();
    }

    private void changeBrokers() throws Exception {
        Object[][] pairs = {
            {SET, "log.cleaner.threads", "2"}, {SET, "log.cleaner.threads", "0"}, {SET, "log.cleaner.threads", "many"}, {SET, "node.id", "5"}, {SET, "no.such.key", "5"}, {SET, "process.roles", "broker"},
            {SET, "num.io.threads", "16"}, {SET, "num.io.threads", "1000"}, {SET, "num.network.threads", "4"}, {SET, "message.max.bytes", "2000000"}, {SET, "message.max.bytes", "-1"}, {SET, "log.retention.ms", "99999"},
            {SET, "log.retention.hours", "9"}, {SET, "min.insync.replicas", "2"}, {SET, "min.insync.replicas", "0"}, {DELETE, "min.insync.replicas", null}, {DELETE, "log.retention.ms", null},
            {DELETE, "node.id", null}, {SET, "advertised.listeners", "PLAINTEXT://127.0.0.1:1"}, {SET, "listener.security.protocol.map", "A:PLAINTEXT"}, {SET, "max.connections", "100"},
            {SET, "max.connections.per.ip.overrides", "127.0.0.1:5"}, {SET, "max.connections.per.ip.overrides", "nonsense"}, {SET, "ssl.keystore.password", "secret"}, {SET, "log.cleanup.policy", "burn"},
            {APPEND, "log.cleanup.policy", "compact"}, {SUBTRACT, "log.cleanup.policy", "compact"}, {SET, "unclean.leader.election.enable", "true"}, {SET, "unclean.leader.election.enable", "yes"},
            {SET, "leader.replication.throttled.rate", "1000"}, {SET, "leader.replication.throttled.rate", "-1"}, {SET, "listener.name.plaintext.max.connections", "7"},
            {SET, "listener.name.plaintext.num.network.threads", "2"}, {SET, "log.segment.bytes", "5"}, {SET, "background.threads", "0"}, {SET, "num.partitions", "7"}, {SET, "auto.create.topics.enable", "false"},
            {SET, "group.coordinator.threads", "3"}, {SET, "remote.log.manager.copier.thread.pool.size", "20"}, {SET, "log.cleaner.io.max.bytes.per.second", "1e6"}, {SET, "broker.id", "3"}, {SET, "log.dirs", "/x"},
            {SET, "compression.type", "zstd"}, {DELETE, "compression.type", null}, {SET, "num.replica.fetchers", "3"}, {SET, "sasl.enabled.mechanisms", "PLAIN"}, {SET, "log.message.timestamp.type", "LogAppendTime"},
            {DELETE, "log.message.timestamp.type", null}, {DELETE, "message.max.bytes", null}, {DELETE, "unclean.leader.election.enable", null}, {DELETE, "max.connections", null}};
        for (String broker : new String[] {"", "1"}) {
            for (Object[] pair : pairs) {
                walk.ask("broker-" + broker + "/" + pair[0] + "-" + pair[1] + "=" + pair[2], change(false, BROKER, broker, pair));
            }
        }
        walk.ask("broker/validate", change(true, BROKER, "1", SET, "log.cleaner.threads", "2"));
        walk.ask("broker/other", change(false, BROKER, "2", SET, "log.cleaner.threads", "2"));
        walk.ask("broker/no-number", change(false, BROKER, "first", SET, "log.cleaner.threads", "2"));
        walk.ask("broker/negative", change(false, BROKER, "-1", SET, "log.cleaner.threads", "2"));
        walk.ask("broker/two", change(false, BROKER, "1", SET, "log.cleaner.threads", "2", SET, "node.id", "4"));
        walk.ask("broker/describe-dynamic", describe(BROKER, "1", "log.cleaner.threads", "message.max.bytes", "log.cleanup.policy", "num.io.threads", "leader.replication.throttled.rate", "max.connections.per.ip.overrides"));
        for (String name : new String[] {"", "1"}) {
            walk.ask("broker/describe-all-dynamic-" + name, describe(BROKER, name));
        }
    }

    private void changeOthers() throws Exception {
        walk.ask("logger/unknown", change(false, LOGGER, "1", SET, "no.such.logger", "INFO"));
        walk.ask("logger/level", change(false, LOGGER, "1", SET, "org.apache.kafka", "LOUD"));
        walk.ask("logger/append", change(false, LOGGER, "1", APPEND, "org.apache.kafka", "INFO"));
        walk.ask("logger/other", change(false, LOGGER, "2", SET, "org.apache.kafka", "INFO"));
        walk.ask("logger/no-number", change(false, LOGGER, "x", SET, "org.apache.kafka", "INFO"));
        walk.ask("logger/empty", change(false, LOGGER, "", SET, "org.apache.kafka", "INFO"));
        Object[][] group = {
            {SET, "consumer.session.timeout.ms", "50000"}, {SET, "consumer.session.timeout.ms", "1"}, {SET, "consumer.session.timeout.ms", "x"}, {SET, "consumer.heartbeat.interval.ms", "60000"}, {SET, "no.such.key", "5"},
            {SET, "share.record.lock.duration.ms", "1"}, {SET, "share.isolation.level", "none"}, {SET, "share.isolation.level", "read_committed"}, {SET, "share.auto.offset.reset", "earliest"},
            {SET, "share.auto.offset.reset", "by_duration:PT1H"}, {SET, "share.auto.offset.reset", "by_duration:-PT1H"}, {SET, "streams.num.standby.replicas", "9"}, {SET, "streams.heartbeat.interval.ms", "6000"}, {SET, "consumer.heartbeat.interval.ms", "5001"}};
        for (Object[] pair : group) {
            walk.ask("group/" + pair[1] + "=" + pair[2], change(false, GROUP, "g", pair));
        }
        walk.ask("group/empty", change(false, GROUP, "", SET, "consumer.session.timeout.ms", "50000"));
        walk.ask("group/describe", describe(GROUP, "g"));
        Object[][] metrics = {
            {SET, "interval.ms", "5000"}, {SET, "interval.ms", "1"}, {SET, "interval.ms", "x"}, {SET, "interval.ms", "3600001"}, {SET, "metrics", "org.apache.kafka.producer."}, {APPEND, "metrics", "a.b"}, {SET, "match", "client_id=.*"},
            {SET, "match", "nonsense"}, {SET, "match", "colour=blue"}, {SET, "match", "client_id=["}, {SET, "no.such.key", "5"}};
        for (Object[] pair : metrics) {
            walk.ask("metrics/" + pair[1] + "=" + pair[2], change(false, METRICS, "m", pair));
        }
        walk.ask("metrics/empty", change(false, METRICS, "", SET, "interval.ms", "5000"));
        walk.ask("metrics/describe", describe(METRICS, "m"));
        walk.ask("metrics/describe-unknown", describe(METRICS, "nobody"));
    }

    private static AlterConfigsRequestData replace(boolean validateOnly, int type, String name, String... configs) {
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) type).setResourceName(name);
        for (int i = 0; i < configs.length; i += 2) {
            resource.configs().mustAdd(new AlterConfigsRequestData.AlterableConfig().setName(configs[i]).setValue(configs[i + 1]));
        }
        AlterConfigsRequestData request = new AlterConfigsRequestData().setValidateOnly(validateOnly);
        request.resources().mustAdd(resource);
        return request;
    }

    private void alter() throws Exception {
        walk.ask("alter/set", replace(false, TOPIC, "with-configs", "retention.ms", "4444"));
        walk.ask("alter/described", describe(TOPIC, "with-configs", "retention.ms", "cleanup.policy"));
        walk.ask("alter/bad", replace(false, TOPIC, "with-configs", "retention.ms", "soon"));
        walk.ask("alter/unknown-key", replace(false, TOPIC, "with-configs", "no.such.key", "soon"));
        walk.ask("alter/null", replace(false, TOPIC, "with-configs", "retention.ms", null));
        walk.ask("alter/unknown-topic", replace(false, TOPIC, "nobody", "retention.ms", "5"));
        walk.ask("alter/broker", replace(false, BROKER, "1", "log.cleaner.threads", "2"));
        walk.ask("alter/broker-bad", replace(false, BROKER, "1", "node.id", "2"));
        walk.ask("alter/broker-empty", replace(false, BROKER, "1"));
        walk.ask("alter/all-brokers-empty", replace(false, BROKER, ""));
        walk.ask("alter/logger", replace(false, LOGGER, "1", "a", "INFO"));
        walk.ask("alter/validate", replace(true, TOPIC, "with-configs", "retention.ms", "5"));
        walk.ask("alter/v0", replace(true, TOPIC, "with-configs", "retention.ms", "x"), 0);
        walk.ask("alter/v1", replace(true, TOPIC, "with-configs", "retention.ms", "x"), 1);
    }

    private static DescribeConfigsRequestData describe(int type, String name, String... keys) {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData().setIncludeSynonyms(true);
        request.resources().add(new DescribeConfigsRequestData.DescribeConfigsResource().setResourceType((byte) type).setResourceName(name)
            .setConfigurationKeys(keys.length == 0 ? null : List.of(keys)));
        return request;
    }

    private void describe() throws Exception {
        walk.ask("describe/topic", describe(TOPIC, "one"));
        walk.ask("describe/topic-key", describe(TOPIC, "one", "retention.ms"));
        walk.ask("describe/topic-no-such-key", describe(TOPIC, "one", "no.such.key"));
        walk.ask("describe/topic-unknown", describe(TOPIC, "nobody"));
        walk.ask("describe/topic-illegal", describe(TOPIC, "no body"));
        walk.ask("describe/topic-empty", describe(TOPIC, ""));
        walk.ask("describe/broker", describe(BROKER, "1"));
        walk.ask("describe/broker-defaults", describe(BROKER, ""));
        walk.ask("describe/broker-other", describe(BROKER, "2"));
        walk.ask("describe/broker-no-number", describe(BROKER, "x"));
        walk.ask("describe/broker-key", describe(BROKER, "1", "log.retention.ms", "no.such.key"));
        walk.ask("describe/logger-other", describe(LOGGER, "2"));
        walk.ask("describe/logger-empty", describe(LOGGER, ""));
        walk.ask("describe/logger-no-number", describe(LOGGER, "x"));
        walk.ask("describe/group-unknown", describe(GROUP, "nobody"));
        walk.ask("describe/group-empty", describe(GROUP, ""));
        walk.ask("describe/metrics-empty", describe(METRICS, ""));
        walk.ask("describe/type-0", describe(0, "x"));
        walk.ask("describe/type-7", describe(7, "x"));
        DescribeConfigsRequestData empty = describe(TOPIC, "one");
        empty.resources().get(0).setConfigurationKeys(List.of());
        walk.ask("describe/no-keys", empty);
        for (int version = 1; version < 4; version++) {
            walk.ask("describe/v" + version, describe(TOPIC, "one", "retention.ms"), version);
        }
        for (int type : new int[] {0, TOPIC, BROKER, LOGGER, METRICS, GROUP, 7}) {
            walk.ask("list/" + type, new ListConfigResourcesRequestData().setResourceTypes(List.of((byte) type)));
        }
        walk.ask("list/all", new ListConfigResourcesRequestData());
        walk.ask("list/v0", new ListConfigResourcesRequestData(), 0);
    }

    // ---- records

    private static ProduceRequestData produce(String topic, int partition, int acks, MemoryRecords records, Uuid id) {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(TIMEOUT).setTransactionalId(null);
        request.topicData().mustAdd(new ProduceRequestData.TopicProduceData().setName(topic).setTopicId(id)
            .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData().setIndex(partition).setRecords(records))));
        return request;
    }

    private static MemoryRecords text(long timestamp, String... values) {
        return MemoryRecords.withRecords(RecordBatch.MAGIC_VALUE_V2, 0L, Compression.NONE, TimestampType.CREATE_TIME, RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH,
            RecordBatch.NO_SEQUENCE, RecordBatch.NO_PARTITION_LEADER_EPOCH, false, Stream.of(values).map(value -> new SimpleRecord(timestamp, null, value == null ? null : value.getBytes())).toArray(SimpleRecord[]::new));
    }

    private static ListOffsetsRequestData offsets(String topic, int partition, long timestamp, int epoch) {
        return new ListOffsetsRequestData().setReplicaId(-1).setTimeoutMs(TIMEOUT).setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic().setName(topic)
            .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition().setPartitionIndex(partition).setTimestamp(timestamp).setCurrentLeaderEpoch(epoch)))));
    }

    private static DeleteRecordsRequestData deleteRecords(String topic, int partition, long offset) {
        return new DeleteRecordsRequestData().setTimeoutMs(TIMEOUT).setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic().setName(topic)
            .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition().setPartitionIndex(partition).setOffset(offset)))));
    }

    private void records() throws Exception {
        walk.ask("produce/topic", create(false, topic("log", 2, 1, "message.timestamp.type", "CreateTime", "retention.ms", "-1"), topic("compacted", 1, 1, "cleanup.policy", "compact"), topic("small", 1, 1, "max.message.bytes", "100"),
            topic("safe", 1, 1, "min.insync.replicas", "2"), topic("strict", 1, 1, "message.timestamp.after.max.ms", "1000")));
        for (long timestamp : new long[] {-1, -2, -3, -4, -5, -6, -7, 0, 5}) {
            walk.ask("offsets/empty" + timestamp, offsets("log", 0, timestamp, -1));
        }
        walk.ask("produce/one", produce("log", 0, -1, text(1000, "a", "b", "c"), Uuid.ZERO_UUID), 12);
        walk.ask("produce/two", produce("log", 0, 1, text(3000, "d"), Uuid.ZERO_UUID), 12);
        walk.ask("produce/three", produce("log", 0, -1, text(2000, "e"), Uuid.ZERO_UUID), 12);
        for (int version = 3; version < 12; version++) {
            walk.ask("produce/v" + version, produce("log", 1, -1, text(1000, "v" + version), Uuid.ZERO_UUID), version);
        }
        walk.ask("produce/unknown-topic", produce("nobody", 0, -1, text(1000, "a"), Uuid.ZERO_UUID), 12);
        walk.ask("produce/unknown-id", produce("", 0, -1, text(1000, "a"), new Uuid(5, 6)), 13);
        walk.ask("produce/zero-id", produce("", 0, -1, text(1000, "a"), Uuid.ZERO_UUID), 13);
        walk.ask("produce/unknown-partition", produce("log", 7, -1, text(1000, "a"), Uuid.ZERO_UUID), 12);
        walk.ask("produce/negative-partition", produce("log", -1, -1, text(1000, "a"), Uuid.ZERO_UUID), 12);
        walk.ask("produce/acks-2", produce("log", 0, 2, text(1000, "a"), Uuid.ZERO_UUID), 12);
        walk.ask("produce/null-key-compacted", produce("compacted", 0, -1, text(1000, "a", "b"), Uuid.ZERO_UUID), 12);
        walk.ask("produce/null-key-compacted-v7", produce("compacted", 0, -1, text(1000, "a"), Uuid.ZERO_UUID), 7);
        walk.ask("produce/too-large", produce("small", 0, -1, text(1000, "a".repeat(200)), Uuid.ZERO_UUID), 12);
        walk.ask("produce/not-enough", produce("safe", 0, -1, text(1000, "a"), Uuid.ZERO_UUID), 12);
        walk.ask("produce/future", produce("strict", 0, -1, text(System.currentTimeMillis() + 5000000, "a"), Uuid.ZERO_UUID), 12);
        walk.ask("produce/empty-records", produce("log", 0, -1, MemoryRecords.EMPTY, Uuid.ZERO_UUID), 12);
        walk.ask("produce/internal", produce("__consumer_offsets", 0, -1, text(1000, "a"), Uuid.ZERO_UUID), 12);
        walk.ask("produce/cluster-metadata", produce("__cluster_metadata", 0, -1, text(1000, "a"), Uuid.ZERO_UUID), 12);
        for (long timestamp : new long[] {-1, -2, -3, -4, -5, -6, -7, 0, 1000, 1001, 2500, 3000, 3001, Long.MAX_VALUE}) {
            walk.ask("offsets/at" + timestamp, offsets("log", 0, timestamp, -1));
        }
        for (int version = 1; version < 11; version++) {
            walk.ask("offsets/v" + version, offsets("log", 0, 2000, -1), version);
            walk.ask("offsets/max-v" + version, offsets("log", 0, -3, -1), version);
            walk.ask("offsets/local-v" + version, offsets("log", 0, -4, -1), version);
        }
        walk.ask("offsets/unknown-topic", offsets("nobody", 0, -1, -1));
        walk.ask("offsets/unknown-partition", offsets("log", 9, -1, -1));
        walk.ask("offsets/old-epoch", offsets("log", 0, -1, 0));
        walk.ask("offsets/new-epoch", offsets("log", 0, -1, 5));
        walk.ask("offsets/replica-5", offsets("log", 0, -1, -1).setReplicaId(5));
        walk.ask("offsets/committed", offsets("log", 0, -1, -1).setIsolationLevel((byte) 1));
        ListOffsetsRequestData twice = offsets("log", 0, -1, -1);
        twice.topics().get(0).setPartitions(List.of(twice.topics().get(0).partitions().get(0), new ListOffsetsRequestData.ListOffsetsPartition().setPartitionIndex(0).setTimestamp(-2)));
        walk.ask("offsets/twice", twice);
        for (int[] epoch : new int[][] {{-1, 0}, {0, 0}, {0, 1}, {5, 0}, {-1, -1}, {-1, 5}}) {
            OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
            request.topics().mustAdd(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic().setTopic("log").setPartitions(List.of(
                new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition().setPartition(0).setCurrentLeaderEpoch(epoch[0]).setLeaderEpoch(epoch[1]),
                new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition().setPartition(8).setCurrentLeaderEpoch(epoch[0]).setLeaderEpoch(epoch[1]))));
            walk.ask("epoch/" + epoch[0] + "," + epoch[1], request);
        }
        for (Object[] where : new Object[][] {{"log", 0, 2L}, {"log", 0, 1L}, {"log", 0, 2L}, {"log", 0, 99L}, {"log", 0, -2L}, {"log", 7, 0L}, {"nobody", 0, 0L}, {"compacted", 0, 0L}, {"__consumer_offsets", 0, 0L}, {"log", 1, -1L}, {"log", 0, -1L}}) {
            walk.ask("delete-records/" + where[0] + "-" + where[1] + "-" + where[2], deleteRecords((String) where[0], (Integer) where[1], (Long) where[2]));
        }
        for (long timestamp : new long[] {-1, -2, -3, -4, 0}) {
            walk.ask("offsets/deleted" + timestamp, offsets("log", 0, timestamp, -1));
        }
        for (Object[] who : new Object[][] {{null, -1L, -1}, {null, 5L, 0}, {null, -1L, 3}, {"", -1L, -1}}) {
            InitProducerIdResponseData got;
            do {
                // Apache Kafka has no block of producer ids to begin with.
                got = (InitProducerIdResponseData) walk.send(new InitProducerIdRequestData().setTransactionalId((String) who[0]).setTransactionTimeoutMs(60000)
                .setProducerId((Long) who[1]).setProducerEpoch(((Integer) who[2]).shortValue()), (short) 5);
            } while (got.errorCode() == 14);
            System.out.println("producer-id/" + who[0] + "," + who[1] + "," + who[2] + ": error " + got.errorCode() + ", epoch " + got.producerEpoch() + ", id " + Long.signum(got.producerId()));
        }
        fetch();
    }

    private static FetchRequestData fetch(String topic, Uuid id, int partition, long offset, int epoch, int maxBytes) {
        return new FetchRequestData().setReplicaId(-1).setMaxWaitMs(0).setMinBytes(0).setMaxBytes(maxBytes).setSessionId(0).setSessionEpoch(-1).setTopics(List.of(new FetchRequestData.FetchTopic()
            .setTopic(topic).setTopicId(id).setPartitions(List.of(new FetchRequestData.FetchPartition().setPartition(partition).setFetchOffset(offset).setCurrentLeaderEpoch(epoch).setPartitionMaxBytes(maxBytes).setLastFetchedEpoch(-1)))));
    }

    private void fetch() throws Exception {
        for (int version : new int[] {4, 7, 11, 12}) {
            walk.ask("fetch/v" + version, fetch("compacted", Uuid.ZERO_UUID, 0, 0, -1, 100000), version);
        }
        walk.ask("fetch/deleted", fetch("log", Uuid.ZERO_UUID, 0, 0, -1, 100000), 12);
        walk.ask("fetch/beyond", fetch("log", Uuid.ZERO_UUID, 0, 99, -1, 100000), 12);
        walk.ask("fetch/negative", fetch("log", Uuid.ZERO_UUID, 0, -5, -1, 100000), 12);
        walk.ask("fetch/end", fetch("log", Uuid.ZERO_UUID, 0, 5, -1, 100000), 12);
        walk.ask("fetch/unknown-topic", fetch("nobody", Uuid.ZERO_UUID, 0, 0, -1, 100000), 12);
        walk.ask("fetch/unknown-partition", fetch("log", Uuid.ZERO_UUID, 9, 0, -1, 100000), 12);
        walk.ask("fetch/unknown-id", fetch("", new Uuid(5, 6), 0, 0, -1, 100000), 17);
        walk.ask("fetch/zero-id", fetch("", Uuid.ZERO_UUID, 0, 0, -1, 100000), 17);
        walk.ask("fetch/new-epoch", fetch("log", Uuid.ZERO_UUID, 0, 5, 9, 100000), 12);
        walk.ask("fetch/session-unknown", fetch("log", Uuid.ZERO_UUID, 0, 5, -1, 100000).setSessionId(77).setSessionEpoch(3), 12);
        walk.ask("fetch/cluster-metadata", fetch("__cluster_metadata", Uuid.ZERO_UUID, 0, 0, -1, 100000), 12);
        walk.ask("fetch/replica-5", fetch("log", Uuid.ZERO_UUID, 0, 5, -1, 100000).setReplicaId(5), 12);
    }

    // ---- metadata and the cluster

    private static MetadataRequestData metadata(boolean create, String... names) {
        return new MetadataRequestData().setAllowAutoTopicCreation(create).setIncludeTopicAuthorizedOperations(true)
            .setTopics(Stream.of(names).map(name -> new MetadataRequestData.MetadataRequestTopic().setName(name)).toList());
    }

    private void metadata() throws Exception {
        walk.ask("metadata/known", metadata(false, "one", "log", "assigned"));
        walk.ask("metadata/unknown", metadata(false, "nobody"));
        walk.ask("metadata/illegal", metadata(false, "no body", "", "b".repeat(250)));
        walk.ask("metadata/illegal-create", metadata(true, "no body"));
        walk.ask("metadata/colliding-create", metadata(true, "with_dot"));
        MetadataResponseData made;
        do {
            made = (MetadataResponseData) walk.send(metadata(true, "made-on-demand"), (short) 13);
        } while (made.topics().iterator().next().errorCode() != 0);
        walk.ask("metadata/created", metadata(true, "made-on-demand"));
        walk.ask("metadata/none", metadata(false));
        walk.ask("metadata/unknown-id", new MetadataRequestData().setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(null).setTopicId(new Uuid(5, 6)))));
        walk.ask("metadata/zero-id", new MetadataRequestData().setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(null).setTopicId(Uuid.ZERO_UUID))));
        for (int version = 0; version < 13; version++) {
            walk.ask("metadata/v" + version, new MetadataRequestData().setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("one"),
                new MetadataRequestData.MetadataRequestTopic().setName("no body"))), version);
        }
        DescribeTopicPartitionsRequestData pages = new DescribeTopicPartitionsRequestData().setResponsePartitionLimit(3)
            .setTopics(Stream.of("one", "log", "nobody", "no body").map(name -> new DescribeTopicPartitionsRequestData.TopicRequest().setName(name)).toList());
        walk.ask("pages/first", pages);
        walk.ask("pages/next", pages.duplicate().setCursor(new DescribeTopicPartitionsRequestData.Cursor().setTopicName("one").setPartitionIndex(1)));
        walk.ask("pages/gone", pages.duplicate().setCursor(new DescribeTopicPartitionsRequestData.Cursor().setTopicName("o").setPartitionIndex(1)));
        walk.ask("pages/limit-0", pages.duplicate().setResponsePartitionLimit(0));
    }

    private void cluster() throws Exception {
        walk.ask("cluster/brokers", new DescribeClusterRequestData().setEndpointType((byte) 1).setIncludeClusterAuthorizedOperations(true).setIncludeFencedBrokers(true));
        walk.ask("cluster/controllers", new DescribeClusterRequestData().setEndpointType((byte) 2));
        walk.ask("cluster/type-7", new DescribeClusterRequestData().setEndpointType((byte) 7));
        walk.ask("cluster/v0", new DescribeClusterRequestData(), 0);
        walk.ask("api-versions/none", new ApiVersionsRequestData(), 4);
        walk.ask("api-versions/illegal-name", new ApiVersionsRequestData().setClientSoftwareName("a b").setClientSoftwareVersion("1"), 4);
        for (int version = 0; version < 3; version++) {
            walk.ask("quorum/unknown-v" + version, quorum("nobody", 0), version);
            walk.ask("quorum/partition-v" + version, quorum("__cluster_metadata", 1), version);
        }
        walk.ask("quorum/nothing", new DescribeQuorumRequestData());
        DescribeQuorumResponseData quorum = (DescribeQuorumResponseData) walk.send(quorum("__cluster_metadata", 0), (short) 2);
        DescribeQuorumResponseData.PartitionData partition = quorum.topics().get(0).partitions().get(0);
        System.out.println("quorum: error " + quorum.errorCode() + " " + quorum.errorMessage() + ", leader " + partition.leaderId() + ", voters " + partition.currentVoters().size() + ", observers "
            + partition.observers().size() + ", nodes " + quorum.nodes().size());
        walk.ask("log-dirs/all", new DescribeLogDirsRequestData().setTopics(logDirs("one", 0, 1)));
        walk.ask("log-dirs/unknown", new DescribeLogDirsRequestData().setTopics(logDirs("nobody", 0)));
        walk.ask("log-dirs/nothing", new DescribeLogDirsRequestData().setTopics(logDirs("one")));
        for (int version = 1; version < 5; version++) {
            walk.ask("log-dirs/v" + version, new DescribeLogDirsRequestData().setTopics(logDirs("one", 0)), version);
        }
        walk.ask("unregister/unknown", new UnregisterBrokerRequestData().setBrokerId(7));
        walk.ask("unregister/negative", new UnregisterBrokerRequestData().setBrokerId(-7));
    }

    private static DescribeQuorumRequestData quorum(String topic, int partition) {
        return new DescribeQuorumRequestData().setTopics(List.of(new DescribeQuorumRequestData.TopicData().setTopicName(topic)
            .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData().setPartitionIndex(partition)))));
    }

    private static DescribeLogDirsRequestData.DescribableLogDirTopicCollection logDirs(String topic, int... partitions) {
        DescribeLogDirsRequestData.DescribableLogDirTopicCollection topics = new DescribeLogDirsRequestData.DescribableLogDirTopicCollection();
        topics.mustAdd(new DescribeLogDirsRequestData.DescribableLogDirTopic().setTopic(topic).setPartitions(IntStream.of(partitions).boxed().toList()));
        return topics;
    }

    // ---- leaders, replicas, features

    private static ElectLeadersRequestData elect(int type, String topic, Integer... partitions) {
        ElectLeadersRequestData request = new ElectLeadersRequestData().setElectionType((byte) type).setTimeoutMs(TIMEOUT);
        if (topic == null) {
            return request.setTopicPartitions(null);
        }
        request.topicPartitions().mustAdd(new ElectLeadersRequestData.TopicPartitions().setTopic(topic).setPartitions(List.of(partitions)));
        return request;
    }

    private static AlterPartitionReassignmentsRequestData move(String topic, int partition, Integer... replicas) {
        return new AlterPartitionReassignmentsRequestData().setTimeoutMs(TIMEOUT).setTopics(List.of(new AlterPartitionReassignmentsRequestData.ReassignableTopic().setName(topic)
            .setPartitions(List.of(new AlterPartitionReassignmentsRequestData.ReassignablePartition().setPartitionIndex(partition).setReplicas(replicas == null ? null : List.of(replicas))))));
    }

    private void moves() throws Exception {
        for (int type : new int[] {0, 1}) {
            walk.ask("elect/known-" + type, elect(type, "one", 0, 1));
            walk.ask("elect/unknown-partition-" + type, elect(type, "one", 99));
            walk.ask("elect/unknown-topic-" + type, elect(type, "nobody", 0));
            walk.ask("elect/all-" + type, elect(type, null));
        }
        walk.ask("elect/type-7", elect(7, "one", 0));
        walk.ask("elect/v0", elect(0, "one", 0), 0);
        walk.ask("elect/v1", elect(0, "one", 99), 1);
        walk.ask("elect/nothing", elect(0, "one"));
        walk.ask("move/same", move("one", 0, 1));
        walk.ask("move/unknown-broker", move("one", 0, 5));
        walk.ask("move/nowhere", move("one", 0));
        walk.ask("move/twice", move("one", 0, 1, 1));
        walk.ask("move/negative", move("one", 0, -1));
        walk.ask("move/wider", move("one", 0, 1, 2));
        walk.ask("move/cancel", move("one", 0, (Integer[]) null));
        walk.ask("move/unknown-topic", move("nobody", 0, 1));
        walk.ask("move/unknown-partition", move("one", 99, 1));
        walk.ask("move/v0", move("one", 0, 5), 0);
        walk.ask("move/no-wider", move("one", 0, 5, 1).setAllowReplicationFactorChange(false));
        walk.ask("moves/all", new ListPartitionReassignmentsRequestData().setTopics(null));
        walk.ask("moves/unknown", new ListPartitionReassignmentsRequestData().setTopics(List.of(new ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics().setName("nobody").setPartitionIndexes(List.of(0)))));
        walk.ask("moves/known", new ListPartitionReassignmentsRequestData().setTopics(List.of(new ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics().setName("one").setPartitionIndexes(List.of(0, 99)))));
    }

    private static UpdateFeaturesRequestData feature(boolean validateOnly, String name, int level, int upgradeType) {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData().setValidateOnly(validateOnly).setTimeoutMs(TIMEOUT);
        request.featureUpdates().mustAdd(new UpdateFeaturesRequestData.FeatureUpdateKey().setFeature(name).setMaxVersionLevel((short) level).setUpgradeType((byte) upgradeType));
        return request;
    }

    private void features() throws Exception {
        walk.ask("features/unknown", feature(false, "no.such.feature", 1, 1));
        walk.ask("features/too-high", feature(false, "metadata.version", 99, 1));
        walk.ask("features/too-low", feature(false, "metadata.version", 1, 2));
        walk.ask("features/same", feature(false, "metadata.version", 33, 1));
        walk.ask("features/down-as-up", feature(false, "metadata.version", 25, 1));
        walk.ask("features/down-safe", feature(true, "metadata.version", 25, 2));
        walk.ask("features/down-unsafe", feature(true, "metadata.version", 25, 3));
        walk.ask("features/zero", feature(false, "metadata.version", 0, 3));
        walk.ask("features/negative", feature(false, "group.version", -1, 1));
        walk.ask("features/type-0", feature(false, "group.version", 1, 0));
        walk.ask("features/type-9", feature(false, "group.version", 1, 9));
        for (String name : new String[] {"group.version", "transaction.version", "eligible.leader.replicas.version", "share.version", "streams.version", "kraft.version"}) {
            for (int level : new int[] {0, 1, 2, 3, 9}) {
                walk.ask("features/" + name + "-up-" + level, feature(true, name, level, 1));
                walk.ask("features/" + name + "-down-" + level, feature(true, name, level, 2));
                walk.ask("features/" + name + "-unsafe-" + level, feature(true, name, level, 3));
            }
        }
        walk.ask("features/v0", feature(false, "group.version", 9, 1), 0);
        walk.ask("features/v1", feature(true, "group.version", 9, 1), 1);
        walk.ask("features/v1-good", feature(true, "group.version", 1, 1), 1);
        walk.ask("features/nothing", new UpdateFeaturesRequestData().setTimeoutMs(TIMEOUT));
        walk.ask("features/elr-off", feature(false, "eligible.leader.replicas.version", 0, 2));
        walk.ask("features/min-insync-without-elr", change(false, BROKER, "1", SET, "min.insync.replicas", "1"));
    }
}
