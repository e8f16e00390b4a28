//! Text → [`Document`]: a spanned tree with no meaning yet, and edits that keep the author's layout.

pub mod document;
pub mod expression;
pub mod phrase;

pub use document::Document;
