package io.bridgehead.planted.usage;

import io.bridgehead.planted.account.ImportsSameFloor;

public record ImportsBack(ImportsSameFloor other) {}
