//! The codes of everything that can be wrong with a network: `E10xx` in a file of one, `E11xx` in a scenario that is to become one.
//!
//! Codes are stable: a code keeps its meaning for ever, and a retired one is not given again.

/// Text that the format does not have here.
pub const SYNTAX: &str = "E1001";
/// A variable or state declared twice, a second table, or a second network.
pub const TWICE: &str = "E1002";
/// A variable that is not declared.
pub const UNKNOWN_VARIABLE: &str = "E1003";
/// A state that a variable does not have.
pub const UNKNOWN_STATE: &str = "E1004";
/// More or fewer of something than there must be.
pub const WRONG_NUMBER: &str = "E1005";
/// A chance that is none.
pub const CHANCE: &str = "E1006";
/// A row that does not sum to 1.
pub const ROW_SUM: &str = "E1007";
/// A table that says nothing for some of its parents' states.
pub const ROW_MISSING: &str = "E1008";
/// A variable without a table.
pub const TABLE_MISSING: &str = "E1009";
/// Parents in a circle.
pub const CYCLE: &str = "E1010";
/// Something that is no variable with states and a table.
pub const NOT_DISCRETE: &str = "E1011";
/// A table too large to be held.
pub const TOO_LARGE: &str = "E1012";
/// A row that was made to sum to 1.
pub const NORMALISED: &str = "W1013";
/// A table read in the other order.
pub const OTHER_ORDER: &str = "W1014";
/// What is known of variables, kept beside their network.
pub const FINDINGS: &str = "W1015";
/// What a file says beside its variables and tables.
pub const LEFT_BESIDE: &str = "W1016";
/// An event that a network cannot hold.
pub const NOT_EXPORTED: &str = "E1101";
/// Something of the scenario that is left out of the network.
pub const LEFT_OUT: &str = "W1102";
/// Two names that are the same in the network.
pub const SAME_LABEL: &str = "E1103";

/// Each code with its meaning in one line.
pub const CODES: &[(&str, &str)] = &[
    (SYNTAX, "a network file with text that its format does not have there"),
    (TWICE, "a variable, state or table that stands twice in a network file, or a second network in it"),
    (UNKNOWN_VARIABLE, "a variable that the network file does not declare"),
    (UNKNOWN_STATE, "a state that the variable does not have"),
    (WRONG_NUMBER, "more or fewer states or chances than there must be"),
    (CHANCE, "a chance in a network file that is no number from 0 to 1"),
    (ROW_SUM, "a row of a network's table that misses a sum of 1 by more than 1 %"),
    (ROW_MISSING, "a table that says nothing for some of its parents' states"),
    (TABLE_MISSING, "a variable of a network without a table"),
    (CYCLE, "variables of a network that are parents of each other in a circle"),
    (NOT_DISCRETE, "a part of a network file that is no variable with states and a table of chances"),
    (TOO_LARGE, "a table too large to be held"),
    (NORMALISED, "a row of a network's table that was divided by its sum"),
    (OTHER_ORDER, "a table that only makes sense in the other order of its numbers"),
    (FINDINGS, "findings that a network file keeps beside its network, which are left out"),
    (LEFT_BESIDE, "what a network file says that has no place in a network, which is left out"),
    (NOT_EXPORTED, "an event that a network cannot hold"),
    (LEFT_OUT, "a part of a scenario that is left out of the network made of it"),
    (SAME_LABEL, "two events or options that would have the same name in the network"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_listed_once_and_in_order() {
        assert!(CODES.windows(2).all(|pair| pair[0].0[1..] < pair[1].0[1..]));
        assert!(CODES.iter().all(|(code, meaning)| code.len() == 5 && !meaning.is_empty()));
    }
}
