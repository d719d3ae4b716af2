package io.bridgehead.broker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** As much of TURN (RFC 8656) over UDP as it takes to ask for an allocation with long-term credentials. One thread. */
final class TurnClient {

    private static final int COOKIE = 0x2112A442;
    private static final int HEADER = 20;
    private static final int ALLOCATE = 0x0003;
    private static final int ALLOCATED = 0x0103;
    private static final int USERNAME = 0x0006;
    private static final int INTEGRITY = 0x0008;
    private static final int INTEGRITY_BYTES = 20;
    private static final int ERROR_CODE = 0x0009;
    private static final int REALM = 0x0014;
    private static final int NONCE = 0x0015;
    private static final int RELAYED_ADDRESS = 0x0016;
    private static final int TRANSPORT = 0x0019;
    private static final byte[] UDP = {17, 0, 0, 0};

    private static final int AGAIN_MILLIS = 300;
    private static final int TRIES = 50;

    private final DatagramSocket socket;
    private final int port;

    private TurnClient(DatagramSocket socket, int port) {
        this.socket = socket;
        this.port = port;
    }

    private record Answer(int type, Map<Integer, byte[]> attributes) {

        /** 0: allocated. */
        int error() {
            if (type == ALLOCATED && attributes.containsKey(RELAYED_ADDRESS)) {
                return 0;
            }
            byte[] code = attributes.get(ERROR_CODE);
            return (code[2] & 7) * 100 + code[3];
        }
    }

    /** Asks the server at this port of the loopback address for a relayed address; its error code, 0 if it gave one. */
    static int allocate(int port, String user, String password) throws IOException, GeneralSecurityException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            TurnClient client = new TurnClient(socket, port);
            ByteArrayOutputStream first = new ByteArrayOutputStream();
            add(first, TRANSPORT, UDP);
            Answer challenge = client.ask(first.toByteArray(), null);
            byte[] realm = challenge.attributes().get(REALM);
            byte[] key = MessageDigest.getInstance("MD5").digest(
                    (user + ":" + new String(realm, StandardCharsets.UTF_8) + ":" + password)
                            .getBytes(StandardCharsets.UTF_8));
            ByteArrayOutputStream second = new ByteArrayOutputStream();
            add(second, TRANSPORT, UDP);
            add(second, USERNAME, user.getBytes(StandardCharsets.UTF_8));
            add(second, REALM, realm);
            add(second, NONCE, challenge.attributes().get(NONCE));
            return client.ask(second.toByteArray(), key).error();
        }
    }

    private static void add(ByteArrayOutputStream out, int type, byte[] value) {
        out.writeBytes(ByteBuffer.allocate(4).putShort((short) type).putShort((short) value.length).array());
        out.writeBytes(value);
        out.writeBytes(new byte[-value.length & 3]);
    }

    /** Sends it until it is answered: the server may not be up yet. */
    private Answer ask(byte[] attributes, byte[] key) throws IOException, GeneralSecurityException {
        byte[] transaction = new byte[12];
        new SecureRandom().nextBytes(transaction);
        byte[] request = request(transaction, attributes, key);
        byte[] buffer = new byte[2048];
        for (int n = 0; n < TRIES; n++) {
            socket.send(new DatagramPacket(request, request.length, InetAddress.getLoopbackAddress(), port));
            socket.setSoTimeout(AGAIN_MILLIS);
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                return answer(ByteBuffer.wrap(buffer, 0, packet.getLength()));
            } catch (SocketTimeoutException notYet) {
                // once more
            }
        }
        throw new IOException("no answer from the TURN server on port " + port);
    }

    private static byte[] request(byte[] transaction, byte[] attributes, byte[] key) throws GeneralSecurityException {
        int length = attributes.length + (key == null ? 0 : 4 + INTEGRITY_BYTES);
        ByteBuffer request = ByteBuffer.allocate(HEADER + length)
                .putShort((short) ALLOCATE)
                .putShort((short) length)
                .putInt(COOKIE)
                .put(transaction)
                .put(attributes);
        if (key != null) {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key, "HmacSHA1"));
            mac.update(request.array(), 0, request.position());
            request.putShort((short) INTEGRITY).putShort((short) INTEGRITY_BYTES).put(mac.doFinal());
        }
        return request.array();
    }

    private static Answer answer(ByteBuffer in) {
        int type = in.getShort() & 0xffff;
        in.position(HEADER);
        Map<Integer, byte[]> attributes = new HashMap<>();
        while (in.remaining() >= 4) {
            int name = in.getShort() & 0xffff;
            byte[] value = new byte[in.getShort() & 0xffff];
            in.get(value);
            in.position(in.position() + (-value.length & 3));
            attributes.put(name, value);
        }
        return new Answer(type, attributes);
    }
}
