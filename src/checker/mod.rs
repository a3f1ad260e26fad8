//! (see the commit that opens this room)
