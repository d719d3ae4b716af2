package io.bridgehead.planted.bridge;

import io.bridgehead.planted.model.Innocent;

public record Innocent3(Innocent below) {}
