package io.bridgehead.broker.config;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** How keys are called in the environment: {@code estim.max-line-bytes} is {@code BRIDGEHEAD_ESTIM_MAX_LINE_BYTES}. */
final class EnvironmentNames {

    static final String PREFIX = "BRIDGEHEAD_";

    /** Variables of the launcher, the log and the host agent, which are no keys. */
    private static final Set<String> OTHERS = Set.of(
            "BRIDGEHEAD_LOG",
            "BRIDGEHEAD_LOG_LEVEL",
            "BRIDGEHEAD_JAVA_OPTS",
            "BRIDGEHEAD_JVM_DIRECTORY",
            HostAgentLoader.TOKEN_VARIABLE);

    /** What Kubernetes puts into each pod for a Service whose name begins with "bridgehead". None of our keys fits. */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            PREFIX + "(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?"
                    + "|PORT(?:_\\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)");

    private EnvironmentNames() {}

    static String of(String key) {
        return PREFIX + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Whether the variable is meant as a key. */
    static boolean isKey(String variable, Map<String, String> environment) {
        return variable.startsWith(PREFIX)
                && !OTHERS.contains(variable)
                && !(environment.containsKey("KUBERNETES_SERVICE_HOST") && SERVICE_LINK.matcher(variable).matches());
    }
}
