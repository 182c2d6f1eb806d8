"""The SQL dialects that plans are written in: one module each, with what differs beyond spelling."""
