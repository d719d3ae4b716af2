package io.bridgehead.planted.estim.deep;

record NotFlat() {}
