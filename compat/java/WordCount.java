import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Kafka Streams counts words with exactly_once_v2, while its instances are closed and begun anew under load (and, by whoever runs this, the node is killed): what a reader of committed records sees
 * of each word is 1, 2, 3 … up to how often it was sent, each once.  java WordCount BOOTSTRAP STATE_DIRECTORY SECONDS
 */
public final class WordCount {
    private static final String[] WORDS = "a log is a list of records that grows at its end".split(" ");

    private WordCount() { }

    public static void main(String[] arguments) throws Exception {
        String bootstrap = arguments[0];
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.parseInt(arguments[2]));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic("lines", 2, (short) 1), new NewTopic("counts", 2, (short) 1))).all().get();
        }
        Map<String, Long> sent = new TreeMap<>();
        AtomicBoolean stopping = new AtomicBoolean();
        Thread load = new Thread(() -> send(bootstrap, stopping, sent));
        load.start();
        int instances = 0;
        KafkaStreams streams = begin(bootstrap, arguments[1] + "/" + instances);
        do {
            Thread.sleep(4000);
            // With nothing on its disk the next instance restores its state from the changelog.
            streams.close(Duration.ofSeconds(20));
            streams = begin(bootstrap, arguments[1] + "/" + ++instances);
        } while (System.nanoTime() < end);
        stopping.set(true);
        load.join();
        Map<String, List<Long>> counts = read(bootstrap, sent);
        streams.close(Duration.ofSeconds(20));
        long total = sent.values().stream().reduce(0L, Long::sum);
        report("words", total > 0 && counts.keySet().equals(sent.keySet()), counts.keySet() + " of " + sent.keySet());
        for (Map.Entry<String, Long> word : sent.entrySet()) {
            List<Long> seen = counts.getOrDefault(word.getKey(), List.of());
            int wrong = 0;
            while (wrong < seen.size() && seen.get(wrong) == wrong + 1) wrong++;
            if (seen.size() != word.getValue() || wrong < seen.size()) {
                report("exactly-once", false, word.getKey() + " was sent " + word.getValue() + " times; " + seen.size() + " counts were read, at " + wrong + " there is "
                    + seen.subList(Math.max(0, wrong - 2), Math.min(seen.size(), wrong + 3)));
                System.exit(1);
            }
        }
        report("exactly-once", true, "");
        System.err.println(total + " words, " + instances + " restarts of the application");
        System.exit(0);
    }

    private static void report(String what, boolean holds, Object seen) { System.out.println(holds ? "ok " + what : "FAIL " + what + ": " + seen); }

    private static KafkaStreams begin(String bootstrap, String state) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("lines", Consumed.with(Serdes.String(), Serdes.String())).flatMapValues(line -> Arrays.asList(line.split(" ")))
            .groupBy((key, word) -> word, Grouped.with(Serdes.String(), Serdes.String())).count().toStream().to("counts", Produced.with(Serdes.String(), Serdes.Long()));
        Properties settings = new Properties();
        settings.putAll(Map.of("application.id", "word-count", "bootstrap.servers", bootstrap, "processing.guarantee", "exactly_once_v2", "commit.interval.ms", "100",
            "statestore.cache.max.bytes", "0", "state.dir", state, "replication.factor", "1", "num.stream.threads", "2", "consumer.session.timeout.ms", "6000"));
        settings.putAll(Map.of("consumer.heartbeat.interval.ms", "500", "reconnect.backoff.max.ms", "300", "consumer.auto.offset.reset", "earliest"));
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        streams.setUncaughtExceptionHandler(failure -> {
            System.err.println("a thread of the application is replaced: " + failure);
            return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams.start();
        return streams;
    }

    private static void send(String bootstrap, AtomicBoolean stopping, Map<String, Long> sent) {
        Random random = new Random(7);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap, "reconnect.backoff.max.ms", "300", "linger.ms", "5"),
                new StringSerializer(), new StringSerializer())) {
            for (int number = 0; !stopping.get(); number++) {
                String line = WORDS[random.nextInt(WORDS.length)] + " " + WORDS[random.nextInt(WORDS.length)];
                producer.send(new ProducerRecord<>("lines", number % 2, null, line));
                for (String word : line.split(" ")) sent.merge(word, 1L, Long::sum);
                if (number % 10 == 0) Thread.sleep(20);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The counts of each word in the order of their partition, until the last one of each is there, or nothing comes any more. */
    private static Map<String, List<Long>> read(String bootstrap, Map<String, Long> sent) {
        Map<String, List<Long>> counts = new HashMap<>();
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed", "enable.auto.commit", "false");
        try (KafkaConsumer<String, Long> consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new LongDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition("counts", 0), new TopicPartition("counts", 1));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long quiet = System.nanoTime();
            boolean complete = false;
            while (!complete && System.nanoTime() - quiet < TimeUnit.SECONDS.toNanos(40)) {
                for (ConsumerRecord<String, Long> record : consumer.poll(Duration.ofMillis(200))) {
                    counts.computeIfAbsent(record.key(), ignored -> new ArrayList<>()).add(record.value());
                    quiet = System.nanoTime();
                }
                complete = sent.entrySet().stream().allMatch(word -> counts.getOrDefault(word.getKey(), List.of()).size() >= word.getValue());
            }
        }
        return counts;
    }
}
