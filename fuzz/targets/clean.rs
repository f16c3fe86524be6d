//! Whatever a reader drafts is cleaned without panic, the same every time, and into something that can be stored.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgrep::clean::clean;
use newsgrep::read::READERS;

fuzz_target!(|bytes: &[u8]| {
    for reader in READERS {
        let Ok(draft) = (reader.draft)(bytes) else { continue };
        let article = clean(draft.clone(), &[]).article;
        let json = serde_json::to_vec(&article).unwrap();
        assert_eq!(json, serde_json::to_vec(&clean(draft, &[]).article).unwrap());
        assert_eq!(serde_json::from_slice::<newsgrep::article::Article>(&json).unwrap(), article);
    }
});
