//! The JSON object of a line, of which each key stands once.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The object in a line.
///
/// # Errors
/// If there is none, or one of its keys stands twice: nobody can say which of the two is meant.
pub(in crate::forecast) fn object_of(text: &[u8]) -> Result<Map<String, Value>, String> {
    let Read { object, twice } =
        serde_json::from_slice(text).map_err(|problem| format!("the line is not a JSON object: {problem}"))?;
    match twice {
        Some(key) => Err(format!("the key `{key}` stands twice")),
        None => Ok(object),
    }
}

/// An object, and the first key that stands twice in it.
struct Read {
    object: Map<String, Value>,
    twice: Option<String>,
}

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Read;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Read, A::Error> {
        let (mut object, mut twice) = (Map::new(), None);
        while let Some((key, value)) = access.next_entry::<String, Value>()? {
            if twice.is_none() && object.contains_key(&key) {
                twice = Some(key.clone());
            }
            object.insert(key, value);
        }
        Ok(Read { object, twice })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_named() {
        assert_eq!(object_of(br#"{"a": 1, "b": [2]}"#).map(|object| object.len()), Ok(2));
        assert_eq!(object_of(br#"{"a": 1, "b": 2, "a": 1}"#), Err("the key `a` stands twice".to_owned()));
        for text in [&b"3"[..], b"{\"a\"}", b"[{}]"] {
            assert!(object_of(text).is_err_and(|problem| problem.starts_with("the line is not a JSON object")));
        }
    }
}
