//! SHA-256 in hexadecimal: what a file, a scenario or a line of a ledger is known by.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Bytes as hexadecimal digits, two each.
///
/// ```
/// assert_eq!(foretell::hash::hexadecimal(&[0, 171]), "00ab");
/// ```
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The SHA-256 of bytes (FIPS 180-4), in 64 hexadecimal digits.
///
/// ```
/// assert!(foretell::hash::sha256(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}
