"""LOADING: run an untrusted definition in a sandboxed child and take back only its query model."""
