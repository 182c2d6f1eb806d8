"""The outside world: policy engines, clock, signer."""
