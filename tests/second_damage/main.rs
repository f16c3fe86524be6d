//! Articles with embeds in the forms that services give out, damaged in every way we have met: cleaning gives back the
//! article and the posts. A generator by another hand than that of `damage`: the rules were mended with one and measured with the
//! other.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)] // a test may

mod articles;
mod damages;
mod random;
mod templates;
mod verdict;

use std::collections::BTreeMap;

use articles::{Case, Form, PLACES, Place};
use damages::{DAMAGES, Damage};
use templates::{HELD_OUT, TEMPLATES, Template};
use verdict::{Verdict, judge};

/// What a sweep found: cases, and how many failed in paragraphs, residue and posts.
#[derive(Default)]
struct Table {
    total: [usize; 4],
    rows: BTreeMap<(String, String), [usize; 4]>,
    forms: BTreeMap<String, [usize; 4]>,
    shown: usize,
}

impl Table {
    fn add(&mut self, template: &Template, damage: &str, form: Form, place: Place, case: &Case) {
        let Verdict { paragraphs, residue, posts } = judge(case, &case.cleaned());
        let found = [1, usize::from(!paragraphs), usize::from(!residue), usize::from(!posts)];
        let service = format!("{} {}", template.service, template.name);
        let form_row = self.forms.entry(format!("{form:?}, {place:?}")).or_default();
        for row in [&mut self.total, form_row, self.rows.entry((service.clone(), damage.to_owned())).or_default()] {
            row.iter_mut().zip(found).for_each(|(sum, found)| *sum += found);
        }
        let show = std::env::var("SHOW").unwrap_or_default();
        let name = format!("{service} × {damage} × {form:?} × {place:?}");
        if found != [1, 0, 0, 0] && !show.is_empty() && name.contains(&show) && self.shown < 3 {
            self.shown += 1;
            println!("=== {name} {found:?}\n{}\n--- {:#?}", case.text, case.cleaned());
        }
    }

    fn print(&self) {
        let mut by: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
        for ((service, damage), row) in &self.rows {
            for key in [service, damage] {
                by.entry(key).or_default().iter_mut().zip(row).for_each(|(sum, found)| *sum += found);
            }
        }
        println!("{:40} {:>7} {:>10} {:>8} {:>6}", "failures", "cases", "paragraphs", "residue", "posts");
        let print = |name: &str, [cases, paragraphs, residue, posts]: &[usize; 4]| {
            println!("{name:40} {cases:>7} {paragraphs:>10} {residue:>8} {posts:>6}");
        };
        by.iter().filter(|(_, row)| row[1..] != [0, 0, 0]).for_each(|(name, row)| print(name, row));
        self.forms.iter().for_each(|(name, row)| print(name, row));
        for ((service, damage), row) in self.rows.iter().filter(|(_, row)| row[1..] != [0, 0, 0]).take(60) {
            print(&format!("  {service} × {damage}"), row);
        }
        print("all", &self.total);
    }

    fn assert(&self, floor: f64) {
        self.print();
        for failed in &self.total[1..] {
            let held = 1.0 - *failed as f64 / self.total[0] as f64;
            assert!(held >= floor, "{:.2} % held, {:.2} % wanted", 100.0 * held, 100.0 * floor);
        }
    }
}

const FORMS: [Form; 3] = [Form::Record, Form::Clip, Form::Page];

/// Every damage of every template, in places and forms taken in turn.
#[test]
fn damaged_embeds_come_out_whole() {
    swept(TEMPLATES).assert(FLOOR);
}

/// The same of forms that the rules were not made for.
#[test]
fn held_out_embeds_come_out_whole() {
    swept(HELD_OUT).assert(HELD_OUT_FLOOR);
}

fn swept(templates: &[Template]) -> Table {
    let mut table = Table::default();
    for (t, template) in templates.iter().enumerate() {
        for (d, damage) in DAMAGES.iter().enumerate() {
            for (turn, form) in FORMS.into_iter().enumerate() {
                let place = PLACES[(t + d + turn * 2) % PLACES.len()];
                let other = &templates[(t + d + 1) % templates.len()];
                let case = Case::new(template, other, &[damage], place, form, (t * 1000 + d * 10 + turn) as u64);
                table.add(template, damage.name, form, place, &case);
            }
        }
    }
    table
}

/// What must hold of the sweep above, of one.
const FLOOR: f64 = 0.98;

/// What must hold of the held-out forms.
const HELD_OUT_FLOOR: f64 = 0.98;

/// Every pair of damages of every template in every place and form.
#[test]
#[ignore = "takes minutes"]
fn doubly_damaged_embeds_come_out_whole() {
    let mut table = Table::default();
    for (t, template) in TEMPLATES.iter().enumerate() {
        for (first, damages) in DAMAGES.iter().enumerate().map(|(at, first)| (first, &DAMAGES[at + 1..])) {
            for (d, second) in damages.iter().enumerate() {
                let damages: [&Damage; 2] = [first, second];
                for (p, place) in PLACES.into_iter().enumerate() {
                    let form = FORMS[(t + d + p) % 3];
                    let other = &TEMPLATES[(t + p + 1) % TEMPLATES.len()];
                    let case = Case::new(template, other, &damages, place, form, (t * 7919 + d * 31 + p) as u64);
                    table.add(template, &format!("{} + {}", first.name, second.name), form, place, &case);
                }
            }
        }
    }
    table.assert(FLOOR);
}
