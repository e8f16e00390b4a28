//! `Plan` → counts: streams, blocks, kernels, tallies that merge.
