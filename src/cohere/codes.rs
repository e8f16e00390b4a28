//! The codes of everything that can be wrong with a file of relations: `E12xx`, and `W12xx` for a warning.
//!
//! Codes are stable: a code keeps its meaning for ever, and a retired one is not given again.

/// Text that is not TOML.
pub const TOML: &str = "E1201";
/// A key that a file of relations does not know.
pub const UNKNOWN_KEY: &str = "E1202";
/// A value of the wrong type or shape.
pub const WRONG_TYPE: &str = "E1203";
/// A relation that cannot be read.
pub const PHRASE: &str = "E1204";
/// The same key or name twice.
pub const TWICE: &str = "E1205";
/// A name that is no question of the table.
pub const UNKNOWN_NAME: &str = "E1206";
/// A judgement of chances among what must hold in every world.
pub const JUDGEMENT: &str = "E1207";
/// A conditional forecast where an event must stand.
pub const CONDITIONAL: &str = "E1208";
/// Deadlines that are none.
pub const DEADLINE: &str = "E1209";
/// Relations that no world keeps.
pub const NO_WORLD: &str = "E1210";
/// A question that is not answered by yes or no, or an option that it does not have.
pub const KIND: &str = "E1211";

/// The same relation twice.
pub const REPEATED: &str = "W1201";

/// Each code with its meaning in one line.
pub const CODES: &[(&str, &str)] = &[
    (TOML, "a file of relations that is not TOML"),
    (UNKNOWN_KEY, "a key that a file of relations does not know"),
    (WRONG_TYPE, "a value of the wrong type or shape in a file of relations"),
    (PHRASE, "a relation that cannot be read"),
    (TWICE, "the same key or name twice in a file of relations"),
    (UNKNOWN_NAME, "a relation between questions that nobody forecasts"),
    (JUDGEMENT, "a judgement of chances under `logic`, which is for what holds in every world"),
    (CONDITIONAL, "a conditional forecast in a relation where an event must stand"),
    (DEADLINE, "deadlines of an event that cannot be"),
    (NO_WORLD, "relations that exclude every possible world"),
    (KIND, "a relation of a question that has no yes and no, or of an option that it does not have"),
    (REPEATED, "the same relation twice in a file of relations"),
];
