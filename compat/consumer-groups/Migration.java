import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** Members of both protocols in one group, that comes and goes between classic and consumer: Migration HOST:PORT GROUP. Prints "ok NAME" or "FAIL NAME". */
public class Migration {
    static final int PARTITIONS = 6;
    static String bootstrap;
    static String group;

    static final class Member extends Thread {
        final String protocol;
        final String instance;
        final boolean usesPattern;
        volatile boolean stops;
        volatile Set<TopicPartition> assigned = Set.of();
        volatile int consumed;

        Member(String name, String protocol, String instance, boolean usesPattern) {
            super(name);
            this.protocol = protocol;
            this.instance = instance;
            this.usesPattern = usesPattern;
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            Properties settings = new Properties();
            settings.putAll(Map.of("bootstrap.servers", bootstrap, "group.id", group, "client.id", getName(), "group.protocol", protocol,
                "auto.offset.reset", "earliest", "enable.auto.commit", "false",
                "key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer",
                "value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer"));
            if (instance != null) {
                settings.put("group.instance.id", instance);
            }
            if (protocol.equals("classic")) {
                settings.put("session.timeout.ms", "10000");
                settings.put("heartbeat.interval.ms", "500");
            }
            try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
                if (usesPattern) {
                    consumer.subscribe(new SubscriptionPattern("mig.*"));
                } else {
                    consumer.subscribe(List.of("mig"));
                }
                while (!stops) {
                    var records = consumer.poll(Duration.ofMillis(200));
                    consumed += records.count();
                    assigned = Set.copyOf(consumer.assignment());
                    if (!records.isEmpty()) {
                        consumer.commitSync();
                    }
                }
            } catch (RuntimeException failure) {
                System.out.println("FAIL " + getName() + ": " + failure);
            }
        }

        void end() throws InterruptedException {
            stops = true;
            join(20_000);
        }
    }

    static void await(String name, Callable<Boolean> holds) throws Exception {
        for (long end = System.currentTimeMillis() + 60_000; System.currentTimeMillis() < end; Thread.sleep(50)) {
            if (holds.call()) {
                System.out.println("ok " + name);
                return;
            }
        }
        System.out.println("FAIL " + name);
    }

    /** Whether each has something, nothing is had twice, and all partitions are had. */
    static boolean share(Member... members) {
        Set<TopicPartition> all = new HashSet<>();
        int count = 0;
        for (Member member : members) {
            if (member.assigned.isEmpty()) {
                return false;
            }
            all.addAll(member.assigned);
            count += member.assigned.size();
        }
        return count == PARTITIONS && all.size() == PARTITIONS;
    }

    static String type(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of(group)).all().get().get(group).type().toString();
    }

    public static void main(String[] arguments) throws Exception {
        bootstrap = arguments[0];
        group = arguments[1];
        Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        admin.createTopics(List.of(new NewTopic("mig", PARTITIONS, (short) 1))).all().get();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap,
            "key.serializer", "org.apache.kafka.common.serialization.StringSerializer",
            "value.serializer", "org.apache.kafka.common.serialization.StringSerializer"))) {
            for (int i = 0; i < 600; i++) {
                producer.send(new ProducerRecord<>("mig", "k" + i, "v" + i));
            }
        }
        Member classic1 = new Member("classic-1", "classic", null, false);
        Member classic2 = new Member("classic-2", "classic", null, false);
        await("classic", () -> share(classic1, classic2));
        Member young1 = new Member("young-1", "consumer", null, false);
        await("upgrade", () -> share(classic1, classic2, young1) && type(admin).equals("Consumer"));
        Member young2 = new Member("young-2", "consumer", null, true);
        await("upgrade/pattern", () -> share(classic1, classic2, young1, young2));
        classic1.end();
        await("upgrade/classic-leaves", () -> share(classic2, young1, young2));
        young1.end();
        young2.end();
        await("downgrade", () -> share(classic2) && type(admin).equals("Classic"));
        Member static1 = new Member("static", "consumer", "instance", false);
        await("upgrade/again", () -> share(classic2, static1));
        classic2.end();
        await("static", () -> share(static1));
        static1.end();
        Member static2 = new Member("static", "consumer", "instance", false);
        await("static/back", () -> share(static2));
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), List.of(
            new AlterConfigOp(new ConfigEntry("consumer.heartbeat.interval.ms", "6000"), AlterConfigOp.OpType.SET)))).all().get();
        Member young3 = new Member("young-3", "consumer", null, true);
        admin.createTopics(List.of(new NewTopic("mig-later", 1, (short) 1))).all().get();
        await("pattern/new-topic", () -> young3.assigned.contains(new TopicPartition("mig-later", 0)));
        young3.end();
        await("static/alone", () -> share(static2));
        static2.end();
        int consumed = 0;
        for (Member member : List.of(classic1, classic2, young1, young2, young3, static1, static2)) {
            consumed += member.consumed;
        }
        System.out.println((consumed == 600 ? "ok" : "FAIL") + " each-record-once: " + consumed + " of 600");
        System.exit(0);
    }
}
