//! Forecasts and outcomes kept: append-only, provable.
