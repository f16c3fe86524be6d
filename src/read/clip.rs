//! Text clips: one file, one article; the headline is the first line, then counters, lead and body.

use super::charset::decode;
use super::{Head, Reader, whole};
use crate::article::{Body, Draft};

pub(super) const READER: Reader = Reader {
    name: "clip",
    about: "A text clip: headline, counters, lead, body.",
    extensions: &["txt", "text", "clip", "asc", ""],
    sniff,
    split: whole::split,
    draft,
};

/// Any text may be a clip: its name decides.
fn sniff(_head: &Head<'_>) -> bool {
    false
}

fn draft(bytes: &[u8]) -> Result<Draft, String> {
    let text = decode(bytes, None);
    if text.trim().is_empty() {
        return Err("there is no text in it".to_owned());
    }
    Ok(Draft { body: Body::Clip(text.into_owned()), ..Draft::default() })
}
