package io.bridgehead.planted.federation;

import io.bridgehead.planted.model.Innocent;

record KnowsBroker(Innocent id) {}
