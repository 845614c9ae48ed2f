import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * What Java's assignors answer to random groups, for tests/Client.Tests/Groups/assignor-vectors.txt:  java Assignors COUNT SEED.
 * A line: ASSIGNOR | TOPIC COUNT RACKS-OF-PARTITION,... ; ... | MEMBER INSTANCE RACK TOPIC,... OWNED,... GENERATION USERDATA SUBSCRIPTION ; ... | MEMBER OWNED,... ASSIGNMENT ; ...
 * with - for nothing, T-P for a partition, and bytes in hexadecimal digits.
 */
public final class Assignors {
    private static final String[] RACKS = {"r0", "r1", "r2"};
    private static Random random;

    record Member(String id, String instance, String rack, List<String> topics, List<TopicPartition> owned, int generation) { }

    public static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[0]);
        random = new Random(Long.parseLong(arguments[1]));
        int lines = 0;
        while (lines < count) lines += scenario();
    }

    /** A group over some generations: members come, go, miss a generation and claim what others have. */
    private static int scenario() {
        String kind = List.of("range", "roundrobin", "sticky", "cooperative-sticky").get(random.nextInt(10) < 2 ? random.nextInt(2) : 2 + random.nextInt(2));
        boolean racks = random.nextInt(3) == 0, same = random.nextBoolean();
        int replicas = 1 + random.nextInt(2);
        Map<String, Integer> topics = new LinkedHashMap<>();
        for (int t = random.nextInt(4) + 1; t > 0; t--) topics.put("topic-" + Integer.toString(random.nextInt(1000), 36), 1 + random.nextInt(8));
        Map<String, Member> members = new TreeMap<>();
        int lines = 0, rounds = 1 + random.nextInt(4);
        for (int generation = 1; generation <= rounds; generation++) {
            for (int m = random.nextInt(generation == 1 ? 7 : 3) + (members.isEmpty() ? 1 : 0); m > 0; m--) {
                String id = "consumer-" + Long.toString(random.nextLong(), 36);
                members.put(id, new Member(id, random.nextInt(3) == 0 ? "i" + random.nextInt(1000) : null, racks && random.nextInt(5) > 0 ? RACKS[random.nextInt(3)] : null,
                    some(topics, same), List.of(), -1));
            }
            if (generation > 1 && members.size() > 1 && random.nextBoolean()) members.remove(new ArrayList<>(members.keySet()).get(random.nextInt(members.size())));
            if (random.nextInt(3) == 0) topics.compute(new ArrayList<>(topics.keySet()).get(random.nextInt(topics.size())), (k, v) -> v + 1);
            if (!same && random.nextInt(3) == 0) members.replaceAll((id, m) -> random.nextInt(3) > 0 ? m : new Member(id, m.instance, m.rack, some(topics, false), m.owned, m.generation));
            Map<String, List<TopicPartition>> result = line(kind, topics, members, racks ? replicas : 0);
            lines++;
            int now = generation;
            members.replaceAll((id, m) -> {
                int what = random.nextInt(12);
                if (what == 0) return m;
                List<TopicPartition> owned = new ArrayList<>(result.get(id));
                if (what == 1) for (TopicPartition p : m.owned) if (!owned.contains(p)) owned.add(p);
                return new Member(id, m.instance, m.rack, m.topics, owned, now);
            });
        }
        return lines;
    }

    private static List<String> some(Map<String, Integer> topics, boolean all) {
        List<String> names = new ArrayList<>(topics.keySet());
        if (!all) names.removeIf(name -> random.nextInt(3) == 0);
        return names;
    }

    private static Map<String, List<TopicPartition>> line(String kind, Map<String, Integer> topics, Map<String, Member> members, int replicas) {
        List<Node> nodes = new ArrayList<>();
        for (int n = 0; n < 3; n++) nodes.add(new Node(n, "h", 1, replicas > 0 ? RACKS[n] : null));
        List<PartitionInfo> infos = new ArrayList<>();
        StringBuilder text = new StringBuilder(kind).append(" | ");
        topics.forEach((topic, count) -> {
            List<String> racks = new ArrayList<>();
            for (int p = 0; p < count; p++) {
                List<Node> shuffled = new ArrayList<>(nodes);
                Collections.shuffle(shuffled, random);
                Node[] chosen = shuffled.subList(0, Math.max(1, replicas)).toArray(new Node[0]);
                infos.add(new PartitionInfo(topic, p, chosen[0], chosen, chosen));
                racks.add(replicas == 0 ? "-" : String.join("+", List.of(chosen).stream().map(Node::rack).toList()));
            }
            text.append(topic).append(' ').append(count).append(' ').append(String.join(",", racks)).append(" ; ");
        });
        text.append("| ");
        Map<String, Subscription> subscriptions = new HashMap<>();
        List<Member> order = new ArrayList<>(members.values());
        Collections.shuffle(order, random);
        for (Member member : order) {
            ConsumerPartitionAssignor own = create(kind);
            if (member.generation >= 0)
                own.onAssignment(new Assignment(member.owned), new ConsumerGroupMetadata("g", member.generation, member.id, Optional.ofNullable(member.instance)));
            ByteBuffer data = own.subscriptionUserData(new HashSet<>(member.topics));
            List<TopicPartition> told = kind.startsWith("coop") ? member.owned : List.of();
            Subscription subscription = new Subscription(member.topics, data, told, kind.startsWith("coop") ? member.generation : -1, Optional.ofNullable(member.rack));
            ByteBuffer bytes = ConsumerProtocol.serializeSubscription(subscription);
            Subscription read = ConsumerProtocol.deserializeSubscription(bytes.duplicate());
            read.setGroupInstanceId(Optional.ofNullable(member.instance));
            subscriptions.put(member.id, read);
            text.append(String.join(" ", member.id, or(member.instance), or(member.rack), or(String.join(",", member.topics)), partitions(member.owned), "" + member.generation, hex(data), hex(bytes))).append(" ; ");
        }
        ConsumerPartitionAssignor assignor = create(kind);
        Map<String, Assignment> result = assignor.assign(new Cluster("c", nodes, infos, Set.of(), Set.of()), new GroupSubscription(subscriptions)).groupAssignment();
        text.append("| ");
        Map<String, List<TopicPartition>> assigned = new HashMap<>();
        result.forEach((id, assignment) -> {
            assigned.put(id, assignment.partitions());
            text.append(id).append(' ').append(partitions(assignment.partitions())).append(' ').append(hex(ConsumerProtocol.serializeAssignment(assignment))).append(" ; ");
        });
        System.out.println(text);
        return assigned;
    }

    private static ConsumerPartitionAssignor create(String kind) {
        return switch (kind) {
            case "range" -> new RangeAssignor();
            case "roundrobin" -> new RoundRobinAssignor();
            case "sticky" -> new StickyAssignor();
            default -> new CooperativeStickyAssignor();
        };
    }

    private static String or(String value) {
        return value == null || value.isEmpty() ? "-" : value;
    }

    private static String partitions(List<TopicPartition> partitions) {
        return or(String.join(",", partitions.stream().map(TopicPartition::toString).toList()));
    }

    private static String hex(ByteBuffer buffer) {
        if (buffer == null) return "-";
        StringBuilder text = new StringBuilder();
        for (int i = buffer.position(); i < buffer.limit(); i++) text.append(String.format("%02x", buffer.get(i)));
        return or(text.toString());
    }
}
