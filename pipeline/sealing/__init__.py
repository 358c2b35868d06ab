"""The register as it stood at a moment, frozen in a folder that proves itself: outputs, originals, ledger, settings."""
