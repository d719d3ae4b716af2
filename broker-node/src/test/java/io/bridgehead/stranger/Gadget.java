package io.bridgehead.stranger;

import com.hazelcast.map.EntryProcessor;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.Map;

/** A harmless stand-in for a class that does harm when it is read: it only counts that it was. */
public final class Gadget implements EntryProcessor<String, Object, String>, InvocationHandler {

    private static final long serialVersionUID = 1;
    private static final String FLAG = "io.bridgehead.stranger.gadget";

    public static void reset() {
        System.clearProperty(FLAG);
    }

    public static boolean wasRead() {
        return System.getProperty(FLAG) != null;
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        System.setProperty(FLAG, "read");
        in.defaultReadObject();
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
        return null;
    }

    @Override
    public String process(Map.Entry<String, Object> entry) {
        return "run";
    }
}
