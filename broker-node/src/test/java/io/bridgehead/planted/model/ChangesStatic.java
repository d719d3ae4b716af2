package io.bridgehead.planted.model;

final class ChangesStatic {

    static int counter;

    private ChangesStatic() {}
}
