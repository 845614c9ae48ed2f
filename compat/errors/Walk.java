import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * Sends one request after the other to a fresh node of its own and prints each answer as one line of JSON, with everything that no two nodes share put aside: ids, ports, paths, times.
 * Two nodes that behave alike print the same lines.
 */
final class Walk implements AutoCloseable {
    private final String host;
    private final int port;
    private Socket socket;
    private DataInputStream in;
    private DataOutputStream out;
    private final int pauseMs;
    private int correlationId;

    Walk(String bootstrap, int pauseMs) throws Exception {
        int colon = bootstrap.lastIndexOf(':');
        port = Integer.parseInt(bootstrap.substring(colon + 1));
        host = bootstrap.substring(0, colon);
        this.pauseMs = pauseMs;
        connect();
    }

    private void connect() throws Exception {
        socket = new Socket(host, port);
        socket.setSoTimeout(20000);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    public static void main(String[] args) throws Exception {
        try (Walk walk = new Walk(args[0], Integer.parseInt(args[1]))) {
            new Cases(walk).all();
        }
    }

    @Override
    public void close() throws Exception {
        socket.close();
    }

    /** Sends the request in the newest version and prints the answer. */
    ApiMessage ask(String name, ApiMessage request) throws Exception {
        return ask(name, request, ApiKeys.forId(request.apiKey()).latestVersion());
    }

    ApiMessage ask(String name, ApiMessage request, int version) throws Exception {
        ApiMessage response;
        try {
            response = send(request, (short) version);
        } catch (java.io.EOFException | java.net.SocketException | java.net.SocketTimeoutException e) {
            System.out.println(name + ": " + (e instanceof java.net.SocketTimeoutException ? "no answer" : "connection closed"));
            socket.close();
            connect();
            return null;
        }

        Class<?> converter = Class.forName(response.getClass().getName() + "JsonConverter");
        JsonNode json = (JsonNode) converter.getMethod("write", response.getClass(), short.class).invoke(null, response, (short) version);
        System.out.println(name + ": " + anonymous(canonical(json, "").toString()));
        Thread.sleep(pauseMs);
        return response;
    }

    ApiMessage send(ApiMessage request, short version) throws Exception {
        ApiKeys key = ApiKeys.forId(request.apiKey());
        RequestHeaderData header = new RequestHeaderData().setRequestApiKey(key.id).setRequestApiVersion(version).setCorrelationId(++correlationId).setClientId("walk");
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header, key.requestHeaderVersion(version)).buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(request, version).buffer();
        out.writeInt(head.remaining() + body.remaining());
        out.write(head.array(), head.arrayOffset() + head.position(), head.remaining());
        out.write(body.array(), body.arrayOffset() + body.position(), body.remaining());
        out.flush();
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        ByteBufferAccessor readable = new ByteBufferAccessor(ByteBuffer.wrap(frame));
        ResponseHeaderData answered = new ResponseHeaderData(readable, key.responseHeaderVersion(version));
        if (answered.correlationId() != correlationId) {
            throw new IllegalStateException("answer " + answered.correlationId() + " to request " + correlationId);
        }
        ApiMessage response = ApiMessageType.fromApiKey(key.id).newResponse();
        response.read(readable, version);
        if (readable.remaining() != 0) {
            throw new IllegalStateException(readable.remaining() + " bytes left over after " + response);
        }
        return response;
    }

    /** Fields by name; arrays of structures in the order of their text, as most of them come out of hash tables. */
    private JsonNode canonical(JsonNode node, String field) {
        if (node.isObject()) {
            TreeMap<String, JsonNode> fields = new TreeMap<>();
            node.fields().forEachRemaining(entry -> fields.put(entry.getKey(), canonical(entry.getValue(), entry.getKey())));
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            fields.forEach(result::set);
            return result;
        }
        if (node.isArray()) {
            List<JsonNode> items = new ArrayList<>();
            // Moldau's own keys are no difference.
            node.forEach(item -> {
                if (!List.of("durability", "log.json", "log.level").contains(item.path("name").asText())) {
                    items.add(canonical(item, field));
                }
            });
            if (!items.isEmpty() && items.get(0).isObject() && !field.equals("synonyms")) {
                items.sort(Comparator.comparing(JsonNode::toString));
            }
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            items.forEach(result::add);
            return result;
        }
        return node;
    }

    private String anonymous(String text) {
        return text.replace(Integer.toString(port), "PORT").replace(Integer.toString(port + 1), "PORT+1")
            .replaceAll("AAAAAAAAAAAAAAAAAAAA[A-D][AQgw]", "FIXED-ID")
            .replaceAll("(?<=[\" ])[A-Za-z0-9_-]{22}(?=[\" .])", "AN-ID")
            .replaceAll("/[^\",]*/node-[0-9-]+/", "DIR/")
            .replaceAll("\\b1[0-9]{12}\\b|-9223370[0-9]{12}\\b", "TIME")
            .replaceAll("\"(totalBytes|usableBytes|throttleTimeMs|lastFetchTimestamp|lastCaughtUpTimestamp|partitionSize)\":-?[0-9]+", "\"$1\":N");
    }
}
