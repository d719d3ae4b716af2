package io.bridgehead.planted.session;

final class ReadsNanoTime {

    long now() {
        return System.nanoTime();
    }
}
