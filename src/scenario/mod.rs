//! Text → [`Document`]: a spanned tree with no meaning yet, and edits that keep the author's layout.
//!
//! [`parse()`] reads a scenario file and reports every problem of its syntax in one pass. The keys of each table come from
//! one registry ([`keys`]), the phrases inside strings from one grammar a family. What the names mean, whether numbers fit and
//! chances sum is for `model` to say.

pub mod codes;
pub mod document;
pub mod edit;
pub mod expression;
pub mod keys;
pub mod names;
pub mod phrase;
pub mod place;
mod grammar;
mod news_text;
mod parse;
mod read;
mod shared;
mod visit;
mod schema;
mod write;

pub use document::Document;
pub use news_text::{add_news, news_block, news_keys, news_phrase, remove_news};
pub use parse::{expression_from_text, parse, supposition_from_text};
pub use schema::schema;
pub use shared::{priors_file, with_priors};
pub use write::percent;
