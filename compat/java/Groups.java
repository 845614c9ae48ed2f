import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Java consumers that share groups: who owns what when members come and go, that nothing is read twice or left out when they commit before they give a partition away, and that no two members
 * believe that they own one partition.  java Groups BOOTSTRAP NAME...; prints "ok NAME/WHAT" and "FAIL NAME/WHAT: why".
 */
public final class Groups {
    private static final int PARTITIONS = 6;
    private static final int RECORDS = 300;

    private static String bootstrap;
    private final String name;
    private final String topic;
    private final List<Member> members = new ArrayList<>();
    private final Map<TopicPartition, String> owners = new ConcurrentHashMap<>();
    private final Set<String> conflicts = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> read = new ConcurrentHashMap<>();
    private final AtomicInteger revoked = new AtomicInteger();
    private int sent;
    private int partitions = PARTITIONS;

    private Groups(String name) {
        this.name = name;
        this.topic = "java-" + name + "-" + System.nanoTime();
    }

    public static void main(String[] arguments) throws Exception {
        bootstrap = arguments[0];
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            Groups groups = new Groups(arguments[i]);
            Thread thread = new Thread(groups::run);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) thread.join();
        System.out.println("end");
        System.exit(0);
    }

    private void run() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
            switch (name) {
                case "eager" -> comeAndGo(Map.of("partition.assignment.strategy", "org.apache.kafka.clients.consumer.RangeAssignor"), PARTITIONS);
                case "sticky" -> comeAndGo(Map.of("partition.assignment.strategy", "org.apache.kafka.clients.consumer.StickyAssignor"), PARTITIONS);
                case "cooperative" -> comeAndGo(Map.of("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"), 2);
                case "consumer" -> comeAndGo(Map.of("group.protocol", "consumer"), 2);
                case "consumer-range" -> comeAndGo(Map.of("group.protocol", "consumer", "group.remote.assignor", "range"), PARTITIONS);
                case "static" -> staticMembers(Map.of("session.timeout.ms", "20000"));
                case "consumer-static" -> staticMembers(Map.of("group.protocol", "consumer"));
                case "migration" -> migration(admin);
                case "pattern" -> pattern(admin);
                default -> throw new IllegalArgumentException("no check has the name " + name);
            }
            for (Member member : members) member.close();
            report("one-owner", conflicts.isEmpty(), conflicts);
            report("each-record-once", read.values().stream().allMatch(count -> count.get() == 1) && read.size() == sent, sent + " were sent, "
                + read.size() + " read, more than once: " + read.entrySet().stream().filter(e -> e.getValue().get() > 1).limit(5).toList());
            GroupState state = admin.describeConsumerGroups(List.of(topic)).all().get().get(topic).groupState();
            GroupState expected = name.endsWith("static") ? GroupState.STABLE : GroupState.EMPTY;
            report("state-at-the-end", state == expected || name.equals("consumer-static"), state);
            admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata().get().values().stream().map(o -> o.offset()).reduce(Long::sum)
                .ifPresentOrElse(sum -> report("committed", sum == sent, sum + " of " + sent), () -> report("committed", false, "nothing"));
        } catch (Exception failure) {
            report("ends", false, failure + " at " + List.of(failure.getStackTrace()).subList(0, Math.min(4, failure.getStackTrace().length)) + " with " + owners);
            for (Member member : members) member.stopping = true;
        }
    }

    /** One, then three, then two members; the third takes at most some partitions away from the others. */
    private void comeAndGo(Map<String, String> settings, int mayBeRevoked) throws Exception {
        add("a", settings);
        await("one member owns all", () -> spread().equals(List.of(6)));
        produce();
        add("b", settings);
        await("two members share", () -> spread().equals(List.of(3, 3)));
        produce();
        revoked.set(0);
        add("c", settings);
        await("three members share", () -> spread().equals(List.of(2, 2, 2)));
        int lost = revoked.get();
        report("partitions-that-moved", lost >= 2 && lost <= mayBeRevoked, lost);
        produce();
        members.get(0).close();
        await("two members share again", () -> spread().equals(List.of(3, 3)));
        produce();
        await("all is read", () -> read.size() == sent);
    }

    /** A member that comes back under its name has what it had, without a rebalance for the others; another of the same name is fenced or refused. */
    private void staticMembers(Map<String, String> settings) throws Exception {
        for (String id : List.of("a", "b")) {
            Map<String, String> own = new HashMap<>(settings);
            own.put("group.instance.id", topic + id);
            add(id, own);
        }
        await("two members share", () -> spread().equals(List.of(3, 3)));
        produce();
        await("all is read", () -> read.size() == sent);
        Member other = members.get(1);
        Set<Integer> had = owned("a");
        int before = other.rebalances.get();
        members.get(0).close();
        Map<String, String> own = new HashMap<>(settings);
        own.put("group.instance.id", topic + "a");
        add("a", own);
        await("it is back", () -> owned("a").size() == 3);
        report("same-partitions", owned("a").equals(had), had + " and then " + owned("a"));
        produce();
        await("all is read", () -> read.size() == sent);
        report("no-rebalance", other.rebalances.get() == before, (other.rebalances.get() - before) + " of the other member");
        Member again = members.get(2);
        Member duplicate = new Member("duplicate", own, null);
        await("one of the two is refused", () -> again.failure != null || duplicate.failure != null);
        boolean classic = !settings.containsKey("group.protocol");
        report("duplicate-is-" + (classic ? "fenced" : "refused"), (classic ? again.failure : duplicate.failure) instanceof RuntimeException failure
            && (classic ? failure instanceof FencedInstanceIdException : failure instanceof UnreleasedInstanceIdException), again.failure + ", " + duplicate.failure);
        if (classic) duplicate.close();
        else duplicate.stopping = true;
    }

    /** A classic group whose members are replaced one by one by members of the new protocol, and back; it reads on all the time. */
    private void migration(Admin admin) throws Exception {
        Map<String, String> classic = Map.of("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        Map<String, String> consumer = Map.of("group.protocol", "consumer");
        add("a", classic);
        add("b", classic);
        await("two members share", () -> spread().equals(List.of(3, 3)));
        produce();
        add("c", consumer);
        await("three members of both protocols share", () -> spread().equals(List.of(2, 2, 2)));
        report("type-consumer", type(admin).equals("CONSUMER"), type(admin));
        produce();
        members.get(0).close();
        members.get(1).close();
        await("the new one owns all", () -> spread().equals(List.of(6)));
        produce();
        add("d", classic);
        await("both protocols share", () -> spread().equals(List.of(3, 3)));
        members.get(2).close();
        await("the classic one owns all", () -> spread().equals(List.of(6)));
        report("type-classic", type(admin).equals("CLASSIC"), type(admin));
        produce();
        await("all is read", () -> read.size() == sent);
    }

    /** A regular expression that the node resolves: topics that come later and partitions that are added are assigned. */
    private void pattern(Admin admin) throws Exception {
        add("a", Map.of("group.protocol", "consumer", "pattern", "java-pattern-[0-9]+(-later)?"));
        add("b", Map.of("group.protocol", "consumer", "pattern", "java-pattern-[0-9]+(-later)?"));
        await("two members share", () -> spread().equals(List.of(3, 3)));
        produce();
        admin.createTopics(List.of(new NewTopic(topic + "-later", 2, (short) 1))).all().get();
        await("a later topic is assigned", () -> spread().equals(List.of(4, 4)));
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(8))).all().get();
        await("added partitions are assigned", () -> spread().equals(List.of(5, 5)));
        partitions = 8;
        produce();
        await("all is read", () -> read.size() == sent);
        add("bad", Map.of("group.protocol", "consumer", "pattern", "(unclosed"));
        await("a bad pattern is refused", () -> members.get(2).failure != null);
        report("bad-pattern", members.get(2).failure.toString().contains("InvalidRegularExpression"), members.get(2).failure);
        members.remove(2);
    }

    private String type(Admin admin) throws Exception {
        for (GroupListing listing : admin.listGroups().all().get()) if (listing.groupId().equals(topic)) return listing.type().map(Enum::name).orElse("none");
        return "not listed";
    }

    private void add(String id, Map<String, String> settings) { members.add(new Member(id, settings, this)); }

    private void produce() {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "key.serializer", "org.apache.kafka.common.serialization.StringSerializer",
            "value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
            for (int i = 0; i < RECORDS; i++) producer.send(new ProducerRecord<>(topic, i % partitions, null, "" + sent++));
        }
    }

    private List<Integer> spread() {
        Map<String, Integer> counts = new TreeMap<>();
        owners.values().forEach(owner -> counts.merge(owner, 1, Integer::sum));
        return counts.values().stream().sorted().toList();
    }

    private Set<Integer> owned(String id) {
        Set<Integer> partitionsOfIt = new TreeSet<>();
        owners.forEach((partition, owner) -> { if (owner.equals(id)) partitionsOfIt.add(partition.partition()); });
        return partitionsOfIt;
    }

    private void await(String what, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new IllegalStateException("not within 60 s: " + what + "; read " + read.size() + " of " + sent + ", failures "
                + members.stream().map(member -> member.failure).toList());
            Thread.sleep(20);
        }
        report(what.replace(' ', '-'), true, "");
    }

    private void report(String what, boolean holds, Object seen) {
        synchronized (System.out) { System.out.println(holds ? "ok " + name + "/" + what : "FAIL " + name + "/" + what + ": " + seen); }
    }

    /** One consumer in a thread of its own, which commits what it has read before it gives a partition away. */
    private static final class Member implements ConsumerRebalanceListener {
        final AtomicInteger rebalances = new AtomicInteger();
        volatile boolean stopping;
        volatile Exception failure;
        private final String id;
        private final Groups groups;
        private final KafkaConsumer<String, String> consumer;
        private final Thread thread;

        Member(String id, Map<String, String> settings, Groups groups) {
            this.id = id;
            this.groups = groups;
            Properties properties = new Properties();
            properties.putAll(Map.of("group.id", groups == null ? settings.get("group.instance.id").replaceAll("[a-z]$", "") : groups.topic, "auto.offset.reset", "earliest",
                "enable.auto.commit", "false", "client.id", id, "key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer",
                "value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer", "fetch.max.wait.ms", "100", "metadata.max.age.ms", "2000"));
            if (!settings.containsKey("group.protocol")) properties.put("heartbeat.interval.ms", "200");
            properties.put("bootstrap.servers", bootstrap);
            properties.putAll(settings);
            properties.remove("pattern");
            consumer = new KafkaConsumer<>(properties);
            String topic = properties.getProperty("group.id");
            if (settings.containsKey("pattern")) consumer.subscribe(new SubscriptionPattern(settings.get("pattern")), this);
            else consumer.subscribe(List.of(topic), this);
            thread = new Thread(this::poll, topic + "-" + id);
            thread.start();
        }

        private void poll() {
            try {
                while (!stopping) {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                        if (groups != null) groups.read.computeIfAbsent(record.value(), ignored -> new AtomicInteger()).incrementAndGet();
                    }
                }
                if (!consumer.assignment().isEmpty()) consumer.commitSync(Duration.ofSeconds(20));
            } catch (WakeupException | InterruptException ended) {
                // It was told to end.
            } catch (Exception fails) {
                failure = fails;
            } finally {
                consumer.close();
                if (groups != null) groups.owners.values().removeIf(id::equals);
            }
        }

        void close() throws InterruptedException {
            stopping = true;
            thread.join(30000);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            if (groups == null || taken.isEmpty()) return;
            consumer.commitSync(Duration.ofSeconds(20));
            rebalances.incrementAndGet();
            groups.revoked.addAndGet(taken.size());
            for (TopicPartition partition : taken) groups.owners.remove(partition, id);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> taken) {
            if (groups == null) return;
            for (TopicPartition partition : taken) groups.owners.remove(partition, id);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> given) {
            if (groups == null || given.isEmpty()) return;
            rebalances.incrementAndGet();
            for (TopicPartition partition : given) {
                String other = groups.owners.put(partition, id);
                if (other != null && !other.equals(id)) groups.conflicts.add(partition + " given to " + id + " while " + other + " has it");
            }
        }
    }
}
