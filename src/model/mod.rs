//! `Document` → `Model`: names, kinds, dependence, expressions, the graph; every check; the JSON Schema.
