package io.bridgehead.planted.wire;

import io.netty.channel.Channel;

record UsesChannel(Channel channel) {}
