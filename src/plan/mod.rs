//! `Model` → `Plan`: a flat list of typed column operations.
