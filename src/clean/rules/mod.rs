//! The cleaning rules, one file each.
//!
//! A rule looks first, cheaply, whether there is anything for it to do; clean text costs a glance.

mod boilerplate;
mod brackets;
mod bylines;
mod composition;
mod controls;
mod counters;
mod embeds;
mod escapes;
mod headings;
mod headline;
mod hosts;
mod hyphens;
mod lead;
mod lists;
mod mojibake;
mod paragraphs;
mod paywall;
mod phrases;
mod references;
mod spaces;
mod tags;

use super::Rule;

/// The rules, in the order they are applied.
pub const RULES: &[Rule] = &[
    mojibake::RULE,
    brackets::RULE,
    controls::RULE,
    composition::RULE,
    escapes::RULE,
    embeds::RULE,
    tags::RULE,
    references::RULE,
    hosts::RULE,
    paragraphs::RULE,
    hyphens::RULE,
    counters::RULE,
    paywall::RULE,
    boilerplate::RULE,
    spaces::RULE,
    headline::RULE,
    bylines::RULE,
    lead::RULE,
    headings::RULE,
    lists::RULE,
];

#[cfg(test)]
mod tests;
