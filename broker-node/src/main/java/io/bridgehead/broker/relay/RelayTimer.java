package io.bridgehead.broker.relay;

/** The timers a connection of this room may ask for. */
enum RelayTimer {
    /** The host must have said Hello by then. */
    HELLO,
    /** A host must have come by then. */
    HOST,
    /** The client must have said its last word by then. */
    LAST_WORD,
    /** One direction has ended: something must come in the other by then, and again. */
    HALF_CLOSE,
    /** Something must go by then, in any direction, and again. */
    IDLE,
    /** What came too fast is paid for then; the driver's own. */
    RATE
}
