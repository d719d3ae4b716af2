package io.bridgehead.broker.signalling;

/** Signs join tokens as an app's backend does, for tests outside the room. */
public final class JoinTokenForTests {

    private JoinTokenForTests() {}

    public static String sign(String claims, String key) throws Exception {
        return JoinTokensTest.token("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, key);
    }
}
