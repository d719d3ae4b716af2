package io.bridgehead.planted.account;

import io.bridgehead.planted.usage.ImportsBack;

public record ImportsSameFloor(ImportsBack other) {}
