//! Tidy tables of forecasts, outcomes and questions: CSV and JSON lines, in and out.
