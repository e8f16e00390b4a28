//! SHA-256: what a file, a scenario or a line of a ledger is known by, and where a name has its place.

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

/// The place that a name has among so many: a number below `count` which hangs on the name and on nothing else, so that what is dealt out by it is the
/// same in whatever order names come, on every machine.
///
/// It is the number that the first eight bytes of the SHA-256 of the name make, the first of them the highest, modulo `count`; 0 where that is 0.
///
/// ```
/// // The first eight bytes are those of ba7816bf8f01cfea.
/// assert_eq!(foretell::hash::place("abc", 512), 0x1ea);
/// ```
#[must_use]
pub fn place(name: &str, count: usize) -> usize {
    let digest = Sha256::digest(name.as_bytes());
    let first = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    (first % count.max(1) as u64) as usize
}
