package io.bridgehead.planted.relay;

public record Innocent5() {}
