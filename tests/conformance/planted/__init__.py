"""An implementation that misbehaves in every way, with an adapter and a suite that make it do so."""
