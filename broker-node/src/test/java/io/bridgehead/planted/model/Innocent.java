package io.bridgehead.planted.model;

public record Innocent(String name) {}
