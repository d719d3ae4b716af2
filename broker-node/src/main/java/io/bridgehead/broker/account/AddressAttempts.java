package io.bridgehead.broker.account;

import io.netty.util.NetUtil;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Limits wrong guesses from one IPv4 address or IPv6 /64 in a {@link #WINDOW}. An address is charged only when a guess
 * was wrong: thousands of clients behind one address reconnect together, and they are in the right. Any thread.
 */
public interface AddressAttempts {

    /** The window begins with the first attempt; after it all attempts are there again. */
    Duration WINDOW = Duration.ofMinutes(15);

    /** Rows of each kind; about 300 bytes each. The least used go first. */
    int MAX_ROWS = 200_000;

    /** Whether the address may guess. Failed: nobody can say. */
    Future<Boolean> mayGuess(String remoteAddress);

    /** It was a wrong guess; answers whether it used the attempts up. */
    Future<Boolean> failed(String remoteAddress);

    /** What this node knows at once: asked again right before a check that costs something. */
    boolean isExhausted(String remoteAddress);

    /** An IPv6 client owns a /64 and would change within it; an IPv4 address in IPv6 form is the same address. */
    static String network(String remoteAddress) {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(remoteAddress);
        if (bytes == null) {
            return remoteAddress;
        }
        if (bytes.length == 16 && Arrays.equals(bytes, 0, mapped.length, mapped, 0, mapped.length)) {
            return HexFormat.of().formatHex(bytes, mapped.length, bytes.length);
        }
        return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 8));
    }
}
