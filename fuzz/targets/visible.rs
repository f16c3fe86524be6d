//! What went through the terminal filter commands no terminal, and goes through it again unchanged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgrep::output::{visible, visible_path};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let shown = visible(&text);
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
    assert_eq!(visible(&shown), shown);
    assert!(!visible_path(bytes).contains(char::is_control));
});
