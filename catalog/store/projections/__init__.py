"""The read side: each list or page is a value that knows its one SQL statement."""
