//! Numbers that keep every bit of their value in JSON.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// A number, or in words what JSON has no number for. Numbers come back to the bit; all undefined ones are the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lossless(pub(crate) f64);

const INFINITE: &str = "infinite";
const MINUS_INFINITE: &str = "minus infinite";
const UNDEFINED: &str = "undefined";

impl Serialize for Lossless {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            value if value.is_finite() => serializer.serialize_f64(value),
            value if value.is_nan() => serializer.serialize_str(UNDEFINED),
            value => serializer.serialize_str(if value > 0.0 { INFINITE } else { MINUS_INFINITE }),
        }
    }
}

impl<'de> Deserialize<'de> for Lossless {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl Visitor<'_> for Reading {
    type Value = Lossless;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a number, `{INFINITE}`, `{MINUS_INFINITE}` or `{UNDEFINED}`")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Lossless, E> {
        Ok(Lossless(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Lossless, E> {
        Ok(Lossless(value as f64))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Lossless, E> {
        Ok(Lossless(value as f64))
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Lossless, E> {
        match word {
            INFINITE => Ok(Lossless(f64::INFINITY)),
            MINUS_INFINITE => Ok(Lossless(f64::NEG_INFINITY)),
            UNDEFINED => Ok(Lossless(f64::NAN)),
            other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
        }
    }
}

impl JsonSchema for Lossless {
    fn schema_name() -> Cow<'static, str> {
        "Lossless".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number, or in words what JSON has no number for.",
            "anyOf": [{ "type": "number" }, { "enum": [INFINITE, MINUS_INFINITE, UNDEFINED] }]
        })
    }
}

/// Numbers to be read one after another.
#[derive(Debug)]
pub(crate) struct Numbers<'a>(pub(crate) &'a [Lossless]);

impl Numbers<'_> {
    /// The next one.
    pub(crate) fn next(&mut self) -> Option<f64> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first.0)
    }

    /// The next one, if it is a whole number from 0 to 2^53.
    pub(crate) fn next_whole(&mut self) -> Option<u64> {
        self.next()
            .filter(|value| (0.0..=9_007_199_254_740_992.0).contains(value) && value.fract() == 0.0)
            .map(|value| value as u64)
    }

    /// Whether all are read.
    pub(crate) fn at_end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_bit_comes_back(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            let text = serde_json::to_string(&Lossless(value)).unwrap();
            let back: Lossless = serde_json::from_str(&text).unwrap();
            prop_assert!(back.0.to_bits() == bits || (back.0.is_nan() && value.is_nan()), "{} {}", text, back.0);
        }
    }

    #[test]
    fn edges_of_the_numbers_come_back() {
        for value in [0.0, -0.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, 1e15, 0.1] {
            let text = serde_json::to_string(&Lossless(value)).unwrap();
            let back: Lossless = serde_json::from_str(&text).unwrap();
            assert_eq!(back.0.to_bits(), value.to_bits(), "{text}");
        }
        assert!(
            serde_json::from_str::<Lossless>("\"much\"").is_err() && serde_json::from_str::<Lossless>("null").is_err()
        );
    }
}
