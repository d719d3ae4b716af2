package io.bridgehead.broker.listener;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;

/** WebSockets byte by byte, for what no library would send. */
final class RawWebSocket {

    private RawWebSocket() {}

    /** An upgrade request; {@code headers} are further lines, each with its CRLF. */
    static String upgrade(String headers) {
        return "GET /any/path?x=1 HTTP/1.1\r\nHost: broker.example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + headers + "\r\n";
    }

    /** The head of a HTTP response, its empty line included; what there was of it if the connection was closed. */
    static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = socket.getInputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                head.append((char) next);
                if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                    return head.toString();
                }
            }
        } catch (SocketException reset) {
            return head.toString();
        }
        return head.toString();
    }

    /** A final text frame; the mask is zero, so that the payload stays as it is. */
    static byte[] textFrame(int length, boolean masked) {
        int head = (length < 126 ? 2 : length < 65536 ? 4 : 10) + (masked ? 4 : 0);
        byte[] frame = new byte[head + length];
        frame[0] = (byte) 0x81;
        int mask = masked ? 0x80 : 0;
        if (length < 126) {
            frame[1] = (byte) (mask | length);
        } else if (length < 65536) {
            frame[1] = (byte) (mask | 126);
            frame[2] = (byte) (length >>> 8);
            frame[3] = (byte) length;
        } else {
            frame[1] = (byte) (mask | 127);
            for (int i = 0; i < 4; i++) {
                frame[6 + i] = (byte) (length >>> (24 - 8 * i));
            }
        }
        Arrays.fill(frame, head, frame.length, (byte) 'a');
        return frame;
    }
}
