"""The GraphQL door: the read and write interface of record."""
