//! The index flipped, cut and emptied, file by file: right answers or exit code 4, never a crash; then rebuilt to the same sets.

use std::fs;

use crate::bench::{Bench, Dice, Said, files};
use crate::{clips, faults, report};

const QUERIES: [&str; 8] =
    ["zèbre", "z1z2", "\"un zèbre nommé\"", "titre:zebre z3z1", "zeb*", "zebra~2", "-z1z1 zèbre", "nomme NEAR/3 court"];

fn answers(bench: &Bench) -> Vec<Said> {
    QUERIES.map(|query| bench.run(&["query", "--format", "ids", "-n", "1000", "--", query])).into()
}

/// Two hundred queries and what they find, in order.
fn battery(bench: &Bench) -> String {
    let queries: String = (0..200)
        .map(|n| {
            let (file, record, next) = (n % 8, n / 8 % 5, (n / 40) % 8);
            match n % 5 {
                0 => format!("z{file}z{record}\n"),
                1 => format!("zèbre -z{next}z{record}\n"),
                2 => format!("z{file}z{record} OU \"nommé z{next}z{record}\"\n"),
                3 => format!("titre:zebre z{file}*\n"),
                _ => format!("z{next}z{record} NEAR/3 court\n"),
            }
        })
        .collect();
    let said = bench.run(&["query", "--queries", &bench.write("queries", queries), "--format", "ids", "-n", "1000"]);
    assert!(said.code == 0 && said.lines().len() > 200, "{said:?}");
    said.out
}

fn sorted(said: &Said) -> Vec<&str> {
    let mut ids = said.lines();
    ids.sort_unstable();
    ids
}

pub(crate) fn index() {
    let wanted = faults(25);
    let bench = Bench::new();
    clips(&bench, 8, 1);
    bench.run(&["ingest", "clips"]);
    // A second commit: more than one segment, and deletions.
    bench.write(
        "clips/000.jsonl",
        "{\"id\":\"0-0\",\"title\":\"Zèbre\",\"text\":\"Un zèbre nommé autrement court.\"}\n",
    );
    bench.run(&["ingest", "clips"]);
    let (right, all) = (answers(&bench), battery(&bench));
    assert!(right.iter().all(|said| said.code == 0));
    let index = bench.archive().join("index");
    let (mut dice, mut answered, mut told) = (Dice::new(3), 0, 0);
    let mut sound = files(&index);
    for n in 0..wanted {
        let names: Vec<&String> = sound.iter().filter(|(_, bytes)| !bytes.is_empty()).map(|(name, _)| name).collect();
        let name = names[n % names.len()].clone();
        fs::write(index.join(&name), damaged(&sound[&name], &mut dice)).unwrap();
        let check = bench.run(&["check"]);
        assert!(check.code == 4 && check.out.contains(&name), "{name}: {check:?}");
        for (said, right) in answers(&bench).iter().zip(&right) {
            said.is_orderly();
            if said.code == 4 {
                assert!(said.err.contains("newsgrep reindex") && said.out.is_empty(), "{name}: {said:?}");
                told += 1;
            } else {
                assert_eq!(sorted(said), sorted(right), "{name}: {said:?}");
                answered += 1;
            }
        }
        assert_eq!(bench.run(&["list", "--format", "ids"]).code, 0, "the archive can still be listed");
        if n % 8 != 7 {
            fs::write(index.join(&name), &sound[&name]).unwrap();
            continue;
        }
        assert_eq!(bench.run(&["reindex"]).code, 0);
        for (said, right) in answers(&bench).iter().zip(&right) {
            assert_eq!(sorted(said), sorted(right), "rebuilt after {name}");
        }
        assert_eq!(battery(&bench), all, "rebuilt after {name}");
        sound = files(&index);
    }
    report("index", wanted, &format!("{told} queries refused with exit code 4, {answered} answered rightly"));
}

/// Emptied, cut off, grown, or with one bit flipped.
fn damaged(sound: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    match dice.below(8) {
        0 => bytes.clear(),
        1 => bytes.truncate(dice.below(bytes.len())),
        2 => bytes.extend_from_slice(b"more"),
        _ => {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
        }
    }
    bytes
}
