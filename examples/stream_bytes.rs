//! Writes the random bits of the engine to stdout, endlessly, for a battery of statistical tests to read.
//!
//! ```text
//! cargo run --release --example stream_bytes -- MODE [SEED] [BYTES] | dieharder -a -g 200
//! ```
//!
//! A *mode* is an order in which bits of many addresses are laid end to end, so that a likeness between neighbouring addresses would
//! show as a pattern within one sequence. Words are written as they are, 64 bits, little-endian. `docs/validity.md` says which battery was
//! run over which mode.
//!
//! Uses `simulate::streams` alone. A new mode is one function and one line in [`MODES`].

use foretell::simulate::WORLDS_PER_BLOCK;
use foretell::simulate::streams::{GENERATOR, LANES, Stream, StreamKey};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// How many words a mode adds at a time, at least, before they are written.
const WORDS_PER_WRITE: usize = 1 << 16;

/// Event names that the interleaved mode takes turns with.
const NAMES: usize = 64;

/// Adds some words to a sequence that never ends.
type Source = Box<dyn FnMut(&mut Vec<u64>)>;

/// One order of the bits.
struct Mode {
    name: &'static str,
    about: &'static str,
    open: fn(u64) -> Source,
}

const MODES: &[Mode] = &[
    Mode { name: "single", about: "one stream, from its start on", open: single },
    Mode {
        name: "interleaved",
        about: "512 bits each of 64 events, in block 0, then in block 1, …",
        open: interleaved,
    },
    Mode { name: "blocks", about: "the first word of block 0, of block 1, …, of one event", open: blocks },
    Mode { name: "blocks-last-lane", about: "the eighth word of block 0, of block 1, …", open: blocks_last_lane },
    Mode { name: "parts", about: "the first word of part 0, of part 1, … of one block", open: parts },
    Mode { name: "seeds", about: "the first word of seed SEED, of SEED + 1, … of one event and block", open: seeds },
    Mode { name: "worlds", about: "the uniform of one world after another: its bit in 64 bit planes", open: worlds },
    Mode {
        name: "control",
        about: "a counter times an odd constant, no generator: a battery must reject it",
        open: control,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        // The battery has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to say it to if even this fails.
            drop(writeln!(io::stderr(), "error: {error}"));
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> io::Result<()> {
    let number =
        |place: usize| arguments.get(place).map(|text| text.parse::<u64>().map_err(|_| usage(text))).transpose();
    let name = arguments.first().map_or("", String::as_str);
    let mode = MODES.iter().find(|mode| mode.name == name).ok_or_else(|| usage(name))?;
    let seed = number(1)?.unwrap_or(1);
    let mut left = number(2)?.unwrap_or(u64::MAX);

    let mut source = (mode.open)(seed);
    let mut out = io::stdout().lock();
    let mut words = Vec::with_capacity(2 * WORDS_PER_WRITE);
    let mut bytes = Vec::with_capacity(16 * WORDS_PER_WRITE);
    while left > 0 {
        words.clear();
        while words.len() < WORDS_PER_WRITE {
            source(&mut words);
        }
        bytes.clear();
        words.iter().for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
        bytes.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        out.write_all(&bytes)?;
        left -= bytes.len() as u64;
    }
    out.flush()
}

fn usage(given: &str) -> io::Error {
    let modes: Vec<String> = MODES.iter().map(|mode| format!("  {:<18}{}", mode.name, mode.about)).collect();
    io::Error::new(
        ErrorKind::InvalidInput,
        format!(
            "`{given}` is not understood; usage: stream_bytes MODE [SEED] [BYTES], of {GENERATOR}\n{}",
            modes.join("\n")
        ),
    )
}

fn single(seed: u64) -> Source {
    let mut stream = StreamKey::new(seed, "event").open(0);
    Box::new(move |words| words.extend(stream.next_words()))
}

fn interleaved(seed: u64) -> Source {
    let keys: Vec<StreamKey> = (0..NAMES).map(|event| StreamKey::new(seed, &format!("event {event}"))).collect();
    let mut block = 0;
    Box::new(move |words| {
        keys.iter().for_each(|key| words.extend(key.open(block).next_words()));
        block += 1;
    })
}

fn blocks(seed: u64) -> Source {
    let key = StreamKey::new(seed, "event");
    one_word_each(0, move |block| key.open(block))
}

fn blocks_last_lane(seed: u64) -> Source {
    let key = StreamKey::new(seed, "event");
    one_word_each(LANES - 1, move |block| key.open(block))
}

fn parts(seed: u64) -> Source {
    let key = StreamKey::new(seed, "event");
    one_word_each(0, move |part| key.open_part(0, part))
}

fn seeds(seed: u64) -> Source {
    one_word_each(0, move |offset| StreamKey::new(seed.wrapping_add(offset), "event").open(0))
}

/// One word of each of a row of streams.
fn one_word_each(lane: usize, open: impl Fn(u64) -> Stream + 'static) -> Source {
    let mut address = 0;
    Box::new(move |words| {
        words.push(open(address).next_words()[lane]);
        address += 1;
    })
}

/// As the kernels read bits: a plane holds one binary digit for every world of a block, the most significant first.
fn worlds(seed: u64) -> Source {
    const WORDS_PER_PLANE: usize = WORLDS_PER_BLOCK / 64;
    let key = StreamKey::new(seed, "event");
    let mut block = 0;
    Box::new(move |words| {
        let mut stream = key.open(block);
        block += 1;
        let mut planes = Vec::with_capacity(64 * WORDS_PER_PLANE);
        while planes.len() < 64 * WORDS_PER_PLANE {
            planes.extend(stream.next_words());
        }
        for word in 0..WORDS_PER_PLANE {
            let mut square = [0; 64];
            for (digit, row) in square.iter_mut().enumerate() {
                *row = planes[digit * WORDS_PER_PLANE + word];
            }
            transpose(&mut square);
            words.extend(square);
        }
    })
}

/// What a battery that works rejects at once.
fn control(seed: u64) -> Source {
    let mut counter = seed;
    Box::new(move |words| {
        counter = counter.wrapping_add(1);
        words.push(counter.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    })
}

/// Bit `w` of word `d` becomes bit `63 - d` of word `w`: before, a word is a digit of 64 worlds; after, the digits of one world.
fn transpose(rows: &mut [u64; 64]) {
    rows.reverse();
    // Swaps the off-diagonal quarters of ever smaller squares: Warren (2012), Hacker's Delight, section 7-3.
    let mut width = 32;
    let mut low = u64::MAX >> 32;
    while width > 0 {
        for first in (0..64).filter(|row| row & width == 0) {
            let swapped = ((rows[first] >> width) ^ rows[first + width]) & low;
            rows[first] ^= swapped << width;
            rows[first + width] ^= swapped;
        }
        width /= 2;
        low ^= low << width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_reads_its_bit_of_every_plane_most_significant_first() {
        let mut stream = StreamKey::new(3, "event").open(0);
        let mut expected = vec![0_u64; WORLDS_PER_BLOCK];
        for digit in (0..64).rev() {
            for group in expected.chunks_mut(64 * LANES) {
                for (worlds, word) in group.chunks_mut(64).zip(stream.next_words()) {
                    worlds.iter_mut().enumerate().for_each(|(bit, uniform)| *uniform |= ((word >> bit) & 1) << digit);
                }
            }
        }
        let mut words = Vec::new();
        worlds(3)(&mut words);
        assert_eq!(words, expected);
    }

    #[test]
    fn every_mode_adds_words_that_differ() {
        for mode in MODES {
            let mut source = (mode.open)(1);
            let mut words = Vec::new();
            while words.len() < 1024 {
                source(&mut words);
            }
            words.sort_unstable();
            words.dedup();
            assert!(words.len() >= 1024, "{}", mode.name);
        }
    }
}
