package io.bridgehead.planted.config;

import io.bridgehead.planted.model.Innocent;

public record Innocent0(Innocent sameFloorButAllowed) {}
